import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

/** A simulated Zendesk whose minutes are seconds, and a receiver for its webhooks. */
export interface HookedZendesk extends RunningZendesk {
  readonly receiver: Receiver;
  /** The body of a request for a webhook that leads to the receiver. */
  hook(more?: object): object;
  /** Makes such a webhook; answers its id. */
  subscribe(...subscriptions: string[]): Promise<string>;
  /** Opens a ticket of the administrator; answers its id. */
  ticket(more?: object): number;
}

/** Starts both. */
export async function runHookedZendesk(): Promise<HookedZendesk> {
  const zendesk = await runZendesk({}, 60);
  const receiver = await startReceiver();
  const { state } = zendesk.server;
  const hook = (more: object = {}): object => {
    const plain = { name: 'Ledger', http_method: 'POST', request_format: 'json', status: 'active' };
    return { webhook: { ...plain, endpoint: receiver.url, ...more } };
  };
  return {
    ...zendesk,
    receiver,
    hook,
    subscribe: async (...subscriptions) => {
      const { body } = await zendesk.send('POST', 'webhooks', { body: hook({ subscriptions }) });
      return String(at(body, 'webhook', 'id'));
    },
    ticket: (more = {}) => state.seedTicket({ requester_id: state.users()[0]?.id, status: 'open', ...more }).id,
    close: async () => {
      await zendesk.close();
      await receiver.close();
    },
  };
}

/** The JSON that a receiver got. */
export function parsed({ body }: Received): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}
