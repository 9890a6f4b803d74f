import type { Answers } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

/** Wiring may have to wait for Zendesk's limits. */
const WIRE_TIMEOUT_MS = 90_000;

const HOW: Readonly<Record<Answers['wireConnection']['by'], string>> = {
  subscription: 'is subscribed to events of tickets and users',
  trigger: 'is called by a trigger when a ticket changes; the schedule finds changes of users',
};

/** `connection wire ID`: makes Zendesk report changes; repeating it corrects what is there. */
export const connectionWire: Command = {
  name: 'connection wire',
  summary: 'create the webhook in Zendesk, or correct the one that is there',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    const path = ['connections', id, 'wire'];
    const answer = await api<'wireConnection'>({ method: 'POST', path, timeoutMs: WIRE_TIMEOUT_MS });
    const text =
      `Webhook ${printable(answer.webhookId)} ${HOW[answer.by]}.\n` +
      `Its signing secret is kept; what it sends is shown by: ledgerdesk events ${id}`;
    return { json: answer, text };
  },
};
