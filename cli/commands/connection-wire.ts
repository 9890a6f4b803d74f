import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

interface Answer {
  readonly webhookId: string;
  readonly by: 'subscription' | 'trigger';
}

/** Wiring may have to wait for Zendesk's limits. */
const WIRE_TIMEOUT_MS = 90_000;

const HOW: Readonly<Record<Answer['by'], string>> = {
  subscription: 'is subscribed to events of tickets and users',
  trigger: 'is called by a trigger when a ticket changes; changes of users are found by the reconciling',
};

/** `connection wire ID`: makes Zendesk tell of changes; repeating it mends what is there. */
export const connectionWire: Command = {
  name: 'connection wire',
  summary: 'create the webhook in Zendesk, or mend the one that is there',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    const path = ['connections', id, 'wire'];
    const answer = await api<Answer>({ method: 'POST', path, timeoutMs: WIRE_TIMEOUT_MS });
    const text =
      `Webhook ${printable(answer.webhookId)} ${HOW[answer.by]}.\n` +
      `Its signing secret is kept; what it sends is shown by: ledgerdesk events ${id}`;
    return { json: answer, text };
  },
};
