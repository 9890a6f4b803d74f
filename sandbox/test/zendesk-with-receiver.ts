import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

/** A simulated Zendesk whose clock runs 60 times as fast, and a receiver of its webhooks. */
export interface ZendeskWithReceiver extends RunningZendesk {
  readonly receiver: Receiver;
  /** Returns the body of a request that creates a webhook for the receiver. */
  hook(more?: object): object;
  /** Creates such a webhook. Returns its id. */
  subscribe(...subscriptions: string[]): Promise<string>;
  /** Creates an open ticket of the administrator. Returns its id. */
  ticket(more?: object): number;
}

/** Starts Zendesk and the receiver. */
export async function startZendeskWithReceiver(): Promise<ZendeskWithReceiver> {
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

/** Returns the parsed body of a received request. */
export function parsed({ body }: Received): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}
