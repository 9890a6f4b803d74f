import type { SupportLoad } from './support-load.ts';
import type { SupportStatus } from './support-status.ts';

/** The content of an account's annotation. `organizationUrl` opens the organization in Zendesk. */
export interface Annotation {
  readonly load: SupportLoad;
  readonly status: SupportStatus;
  readonly organizationUrl: string;
}

/** The line that begins our block in a text that people write, too. Everything between the two lines is ours. */
export const BLOCK_START = '--- Zendesk support (written by Ledgerdesk, changes are overwritten) ---';

/** The line that ends our block. */
export const BLOCK_END = '--- end of Zendesk support ---';

/**
 * Returns the annotation as lines, the most important ones first, because the last ones are left out if there is no
 * room.
 */
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

/** The date by which F&O means "no date" (Dynamics 365 docs, date handling). */
const NO_DATE = '1900-01-01T00:00:00Z';

/**
 * Returns the typed fields that must change, with their new values. `fields` maps the names of values to fields, and
 * `present` has the current values. A date field gets noon of that day, the form in which F&O serves dates. A text
 * field gets the day.
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

/** The values that a typed field can have, by their names in a connection file (`annotation.*.fields`). */
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
