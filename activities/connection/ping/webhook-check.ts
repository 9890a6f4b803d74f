import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';

/**
 * What is known here of the webhook: whether there is a signing secret, when the last event arrived, and the base of our
 * addresses, empty if it is unknown.
 */
export interface StoredWebhook {
  readonly isWired: boolean;
  readonly lastEventAt: Date | undefined;
  readonly publicUrl: string;
}

/** Creates the check of the webhook: that it exists in Zendesk, is active, and calls our address. */
export function webhookCheck({ zendesk, connection }: RemoteSystems, stored: StoredWebhook): Check {
  const run = async (): Promise<CheckResult> => {
    if (!stored.isWired) return warn('There is no webhook, so tickets are read by the schedule only.', UNWIRED);
    const name = `Ledgerdesk ${connection.id}`;
    const webhook = (await zendesk.listWebhooks(name)).find((one) => one.name === name);
    if (webhook === undefined) return warn(`There is no webhook named "${name}" in Zendesk.`, REPAIR);
    if (!webhook.isActive) return warn(`The webhook "${name}" is not active in Zendesk.`, REPAIR);
    const endpoint = `${stored.publicUrl}/webhooks/zendesk/${connection.hooks.zendesk}`;
    // The path of an address is a secret, so only the origins are named.
    if (!webhook.endpoint.endsWith(endpoint))
      return warn(`Zendesk calls ${originOf(webhook.endpoint)}, which is not the address of this connection.`, REPAIR);
    return ok(
      stored.lastEventAt === undefined
        ? 'The webhook calls this connection. No event has arrived yet.'
        : `The webhook calls this connection. The last event arrived at ${stored.lastEventAt.toISOString()}.`,
    );
  };
  return { name: 'zendesk.webhook', system: 'zendesk', run, optional: true };
}

const UNWIRED = 'Run `ledgerdesk connection wire ID`, so that changes of tickets take effect at once.';
const REPAIR =
  'Check LEDGERDESK_PUBLIC_URL, then run `ledgerdesk connection wire ID`. It repairs the webhook in Zendesk.';

function warn(detail: string, fix: string): CheckResult {
  return { status: 'warn', detail, fix };
}

function originOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : 'another address';
}
