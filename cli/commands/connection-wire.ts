import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

/** Wiring may have to wait for rate limits of Zendesk. */
const WIRE_TIMEOUT_MS = 90_000;

const DELIVERY: Readonly<Record<Responses['wireConnection']['by'], string>> = {
  subscription: 'is subscribed to ticket and user events',
  trigger: 'is called by a trigger when a ticket changes. Changes of users are found by the scheduled reconcile',
};

/**
 * Defines the command `connection wire ID`, which creates or corrects the webhook with which Zendesk reports changes.
 */
export const connectionWire: Command = {
  name: 'connection wire',
  summary: 'create or correct the webhook in Zendesk',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    const path = ['connections', id, 'wire'];
    const response = await api<'wireConnection'>({ method: 'POST', path, timeoutMs: WIRE_TIMEOUT_MS });
    const text =
      `Webhook ${printable(response.webhookId)} ${DELIVERY[response.by]}.\n` +
      `Its signing secret is stored. To see its events, run: ledgerdesk events ${id}`;
    return { json: response, text };
  },
};
