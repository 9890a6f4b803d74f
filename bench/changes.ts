import type { Environment } from './environment.ts';

/** A change of records in the ERP: every `nth` record gets these values. */
export interface RecordChange {
  readonly nth: number;
  readonly kind: 'customers' | 'contacts';
  readonly change: object;
}

/** Changes every `nth` record of the measured legal entity. */
export async function changeEvery(environment: Environment, { nth, kind, change }: RecordChange): Promise<void> {
  const { items } = await environment.control<{ items: { key: string }[] }>('GET', `/state/dynamics/${kind}`);
  for (const { key } of items.filter((_item, index) => index % nth === 0))
    await environment.control('PUT', `/state/dynamics/${kind}/usmf/${encodeURIComponent(key)}`, change);
}
