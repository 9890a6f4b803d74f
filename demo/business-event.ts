import { control, waitFor } from './control.ts';
import { renameCustomer, type RecordKey } from './edits.ts';
import type { Sandbox } from './processes.ts';

/**
 * The statuses that Ledgerdesk returned to F&O for the test of the endpoint, for an event, and for the same event
 * again.
 */
export interface BusinessEventStatuses {
  readonly test: number | null;
  readonly event: number | null;
  readonly again: number | null;
}

interface Delivery {
  readonly n: number;
  readonly attempts: readonly { readonly status: number | null }[];
}

/**
 * Registers our hook as an endpoint of F&O, renames a customer there, and resends the business event of that change.
 */
export async function renameWithEvent(
  sandbox: Sandbox,
  hook: string,
  customer: RecordKey & { readonly name: string },
): Promise<BusinessEventStatuses> {
  const { activation } = await control<{ activation: { status: number | null } }>(
    sandbox,
    'POST /state/dynamics/endpoints',
    { url: hook, transport: 'https', payload: 'business' },
  );
  await renameCustomer(sandbox, customer, customer.name);
  const { n, attempts } = await waitFor('F&O has sent the event', async () => {
    const { items } = await control<{ items: Delivery[] }>(sandbox, 'GET /state/dynamics/events');
    return items.find((delivery) => delivery.attempts.length > 0);
  });
  const { answers } = await control<{ answers: { status: number | null }[] }>(
    sandbox,
    `POST /state/dynamics/events/${n}/resend`,
    {},
  );
  return { test: activation.status, event: attempts[0]?.status ?? null, again: answers[0]?.status ?? null };
}
