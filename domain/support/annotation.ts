import type { SupportLoad } from './support-load.ts';
import type { SupportStatus } from './support-status.ts';

/** What an account's annotation says. `organizationUrl` is where people see the organization in Zendesk. */
export interface Annotation {
  readonly load: SupportLoad;
  readonly status: SupportStatus;
  readonly organizationUrl: string;
}

/** The line that begins our block in a text that people write as well; what stands between the two lines is ours. */
export const BLOCK_START = '--- Zendesk support (written by Ledgerdesk, changes are overwritten) ---';

/** The line that ends our block. */
export const BLOCK_END = '--- end of Zendesk support ---';

/** Writes the annotation as lines, the most important first, so that cutting takes the least important. */
export function annotationLines({ load, status, organizationUrl }: Annotation): readonly string[] {
  const { open, urgent, pending, onHold, contactsWithOpen, oldestOpenSince, lastActivityAt, satisfaction } = load;
  return [
    `Status: ${status}`,
    `Open: ${open} (urgent: ${urgent}), pending: ${pending}, on hold: ${onHold}`,
    `Contacts with open tickets: ${contactsWithOpen}`,
    `Oldest open since: ${oldestOpenSince ?? 'none'}`,
    `Last activity: ${lastActivityAt ?? 'none'}`,
    `Satisfaction: ${satisfaction.good} good, ${satisfaction.bad} bad`,
    organizationUrl,
  ];
}

/** F&O's own "no date" (Dynamics 365 docs, date handling). */
const NO_DATE = '1900-01-01T00:00:00Z';

/**
 * Which typed fields must change, and to what. `fields` names them by what they hold; `present` is what they hold now. A date
 * goes into a date field as noon of that day, which is the form in which F&O serves it, and into a text field as it is.
 */
export function changedFields(
  annotation: Annotation,
  fields: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string | number | null>>,
): Readonly<Record<string, string | number>> {
  const values: Readonly<Record<string, string | number>> = annotationValues(annotation);
  const changed = Object.entries(fields).flatMap(([name, field]) => {
    const value = values[name];
    const held = present[field] ?? '';
    const wanted = isDate(held) && typeof value === 'string' ? asDate(value) : value;
    return wanted === undefined || wanted === held ? [] : [[field, wanted] as const];
  });
  return Object.fromEntries(changed);
}

function isDate(held: string | number): boolean {
  return typeof held === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(held);
}

function asDate(day: string): string {
  return day === '' ? NO_DATE : `${day}T12:00:00Z`;
}

/** What a typed field can hold, by the names that a connection file uses (`annotation.*.fields`). */
export const ANNOTATION_FIELDS = [
  'status',
  'openTickets',
  'urgentTickets',
  'pendingTickets',
  'onHoldTickets',
  'contactsWithOpen',
  'oldestOpenSince',
  'lastActivityAt',
  'satisfactionGood',
  'satisfactionBad',
  'organizationUrl',
] as const;

function annotationValues({
  load,
  status,
  organizationUrl,
}: Annotation): Readonly<Record<(typeof ANNOTATION_FIELDS)[number], string | number>> {
  return {
    status,
    openTickets: load.open,
    urgentTickets: load.urgent,
    pendingTickets: load.pending,
    onHoldTickets: load.onHold,
    contactsWithOpen: load.contactsWithOpen,
    oldestOpenSince: load.oldestOpenSince ?? '',
    lastActivityAt: load.lastActivityAt ?? '',
    satisfactionGood: load.satisfaction.good,
    satisfactionBad: load.satisfaction.bad,
    organizationUrl,
  };
}
