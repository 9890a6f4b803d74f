import type { Addresses } from './zendesk-users.ts';
import type { ChangedContact } from './edits.ts';
import type { Rejected, Run } from './runs.ts';
import { NEW_NAME, type ReceivedEvent, type EventsAndAnnotation } from './events-and-annotation.ts';

/** All results of the demo. */
export interface DemoResults {
  readonly first: Run;
  readonly second: Run;
  readonly rejected: readonly Rejected[];
  readonly contact: ChangedContact;
  readonly addresses: Addresses;
  readonly mails: number;
  readonly eventsAndAnnotation: EventsAndAnnotation;
}

/** The outcomes of the sandbox's distributor, whose data is always the same. */
const FIRST = { read: 193, created: 166, updated: 0, adopted: 7, unchanged: 1, skipped: 6, rejected: 13, gone: 0 };
const SECOND = { ...FIRST, created: 0, updated: 4, adopted: 0, unchanged: 170 };
const REJECTIONS = {
  account_not_synced: 6,
  external_id_contested: 2,
  external_id_unsupported: 1,
  name_ambiguous: 4,
};
const MAX_REQUESTS = { first: 62, second: 10 };

/** Returns a sentence for each result that is not as expected. */
export function verify({
  first,
  second,
  rejected,
  contact,
  addresses,
  mails,
  eventsAndAnnotation,
}: DemoResults): string[] {
  const problems: string[] = [];
  const expect = (what: string, actual: unknown, expected: unknown): void => {
    const [text, expectedText] = [sortedJson(actual), sortedJson(expected)];
    if (text !== expectedText) problems.push(`${what}: ${text} instead of ${expectedText}`);
  };
  for (const [name, run] of Object.entries({ first, second })) {
    expect(`the status of the ${name} run`, run.status, 'completed');
    const most = MAX_REQUESTS[name as keyof typeof MAX_REQUESTS];
    if (run.requests.zendesk > most) problems.push(`the ${name} run: ${run.requests.zendesk} requests to Zendesk`);
  }
  expect('the outcomes of the first run', first.totals, FIRST);
  expect('the outcomes of the second run', second.totals, SECOND);
  expect('the rejections', countByCode(rejected), REJECTIONS);
  expect('the addresses of the contact', addresses, { primary: contact.before, secondary: [contact.after] });
  expect('the number of emails', mails, 0);
  expectEventsAndAnnotation(eventsAndAnnotation, expect);
  return problems;
}

/** The lines of the annotation that do not depend on the date. */
const LINES = ['Status: escalated', 'Open: 1 (urgent: 1), pending: 0, on hold: 0', 'Contacts with open tickets: 1'];
const EVENT_RESULTS = [
  'dynamics accepted unchanged',
  'dynamics accepted updated',
  'dynamics duplicate',
  'zendesk accepted read',
  'zendesk duplicate',
  'zendesk refused signature',
];

function expectEventsAndAnnotation(
  { eventStatuses, organizationName, webhookStatuses, memoBefore, memo, status, events }: EventsAndAnnotation,
  expect: (what: string, actual: unknown, expected: unknown) => void,
): void {
  expect('the statuses returned to F&O', eventStatuses, { test: 200, event: 202, again: 200 });
  expect('the name of the organization', organizationName, NEW_NAME);
  expect('the statuses returned to Zendesk', webhookStatuses, { webhook: 202, copy: 200, tampered: 401 });
  expect('the text of people in the memo', memo.slice(0, memoBefore.length), memoBefore);
  const written = memo.split('\r\n');
  expect(
    'the lines of the annotation',
    LINES.filter((line) => written.includes(line)),
    LINES,
  );
  expect('the status of the customer', status, 'escalated');
  expect('the results of the events', [...new Set(events.map(resultOf))].sort(), EVENT_RESULTS);
}

function resultOf({ source, verdict, reason, outcome }: ReceivedEvent): string {
  return [source, verdict, reason ?? outcome].filter((part) => part !== null).join(' ');
}

function countByCode(rejected: readonly Rejected[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of rejected) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Returns JSON with sorted members, so that equal objects are equal strings. */
function sortedJson(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))));
}
