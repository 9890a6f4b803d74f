import type { Addresses } from './desk.ts';
import type { ChangedContact } from './edits.ts';
import type { Rejected, Run } from './runs.ts';

/** All that the demo has seen. */
export interface Seen {
  readonly first: Run;
  readonly second: Run;
  readonly rejected: readonly Rejected[];
  readonly contact: ChangedContact;
  readonly addresses: Addresses;
  readonly mails: number;
}

/** What the distributor of the sandbox comes to: its data is always the same. */
const FIRST = { read: 193, created: 166, updated: 0, adopted: 7, unchanged: 1, skipped: 6, rejected: 13 };
const SECOND = { ...FIRST, created: 0, updated: 4, adopted: 0, unchanged: 170 };
const REJECTIONS = {
  account_not_synced: 6,
  external_id_contested: 2,
  external_id_unsupported: 1,
  name_ambiguous: 4,
};
const MOST_REQUESTS = { first: 60, second: 10 };

/** What of it is not as it should be, a sentence each. */
export function verify({ first, second, rejected, contact, addresses, mails }: Seen): string[] {
  const mistakes: string[] = [];
  const expect = (what: string, seen: unknown, wanted: unknown): void => {
    const [text, wantedText] = [inOrder(seen), inOrder(wanted)];
    if (text !== wantedText) mistakes.push(`${what}: ${text} instead of ${wantedText}`);
  };
  for (const [name, run] of Object.entries({ first, second })) {
    expect(`how the ${name} run ended`, run.status, 'completed');
    const most = MOST_REQUESTS[name as keyof typeof MOST_REQUESTS];
    if (run.requests.zendesk > most) mistakes.push(`the ${name} run: ${run.requests.zendesk} requests to Zendesk`);
  }
  expect('the outcomes of the first run', first.totals, FIRST);
  expect('the outcomes of the second run', second.totals, SECOND);
  expect('the rejections', countByCode(rejected), REJECTIONS);
  expect('the addresses of the contact', addresses, { primary: contact.before, secondary: [contact.after] });
  expect('the mails sent', mails, 0);
  return mistakes;
}

function countByCode(rejected: readonly Rejected[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of rejected) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** JSON with its members by name, so that equal documents are equal texts. */
function inOrder(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))));
}
