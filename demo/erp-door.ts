import { control, until } from './control.ts';
import { renameCustomer, type RecordKey } from './edits.ts';
import type { Sandbox } from './processes.ts';

/** What our door answered to F&O: to its test of the address, to an event, and to the same event once more. */
export interface ErpDoor {
  readonly test: number | null;
  readonly event: number | null;
  readonly again: number | null;
}

interface Delivery {
  readonly n: number;
  readonly attempts: readonly { readonly status: number | null }[];
}

/** Has F&O send its business events to our hook, renames a customer there, and has the event of that sent a second time. */
export async function tellOfRenaming(
  sandbox: Sandbox,
  hook: string,
  customer: RecordKey & { readonly name: string },
): Promise<ErpDoor> {
  const { activation } = await control<{ activation: { status: number | null } }>(
    sandbox,
    'POST /state/dynamics/endpoints',
    { url: hook, transport: 'https', payload: 'business' },
  );
  await renameCustomer(sandbox, customer, customer.name);
  const { n, attempts } = await until('F&O sends the event', async () => {
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
