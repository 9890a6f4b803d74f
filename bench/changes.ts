import type { Stage } from './stage.ts';

/** What of the records changes in the ERP: every `nth` gets these values. */
export interface RecordChange {
  readonly nth: number;
  readonly kind: 'customers' | 'contacts';
  readonly change: object;
}

/** Changes records of the legal entity under measurement. */
export async function changeEvery(stage: Stage, { nth, kind, change }: RecordChange): Promise<void> {
  const { items } = await stage.control<{ items: { key: string }[] }>('GET', `/state/dynamics/${kind}`);
  for (const { key } of items.filter((_item, index) => index % nth === 0))
    await stage.control('PUT', `/state/dynamics/${kind}/usmf/${encodeURIComponent(key)}`, change);
}
