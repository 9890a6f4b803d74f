import type { Addresses } from './desk.ts';
import type { ChangedContact } from './edits.ts';
import type { Rejected, Run } from './runs.ts';
import { NEW_NAME, type ReceivedEvent, type WayBack } from './way-back.ts';

/** All that the demo has seen. */
export interface Seen {
  readonly first: Run;
  readonly second: Run;
  readonly rejected: readonly Rejected[];
  readonly contact: ChangedContact;
  readonly addresses: Addresses;
  readonly mails: number;
  readonly wayBack: WayBack;
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
export function verify({ first, second, rejected, contact, addresses, mails, wayBack }: Seen): string[] {
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
  expectWayBack(wayBack, expect);
  return mistakes;
}

/** Our lines in the memo, as far as they do not depend on the day. */
const LINES = ['Status: escalated', 'Open: 1 (urgent: 1), pending: 0, on hold: 0', 'Contacts with open tickets: 1'];
const VERDICTS = [
  'dynamics accepted unchanged',
  'dynamics accepted updated',
  'dynamics duplicate',
  'zendesk accepted read',
  'zendesk duplicate',
  'zendesk refused signature',
];

function expectWayBack(
  { erpDoor, organizationName, deskDoor, memoBefore, memo, status, events }: WayBack,
  expect: (what: string, seen: unknown, wanted: unknown) => void,
): void {
  expect('the answers to F&O', erpDoor, { test: 200, event: 202, again: 200 });
  expect('the name of the organization', organizationName, NEW_NAME);
  expect('the answers to Zendesk', deskDoor, { webhook: 202, copy: 200, tampered: 401 });
  expect('what people had written in the memo', memo.slice(0, memoBefore.length), memoBefore);
  const said = memo.split('\r\n');
  expect(
    'our lines in the memo',
    LINES.filter((line) => said.includes(line)),
    LINES,
  );
  expect('the status of the customer', status, 'escalated');
  expect('the verdicts on the events', [...new Set(events.map(verdictOf))].sort(), VERDICTS);
}

function verdictOf({ source, verdict, reason, outcome }: ReceivedEvent): string {
  return [source, verdict, reason ?? outcome].filter((word) => word !== null).join(' ');
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
