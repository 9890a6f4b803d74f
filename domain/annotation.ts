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

/** The values that can be written into typed fields of an extension instead, by the names that a connection file uses. */
export function annotationValues({
  load,
  status,
  organizationUrl,
}: Annotation): Readonly<Record<string, string | number>> {
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
