import { z } from 'zod';
import type { SupportTicket } from '../../domain/support/support-ticket.ts';
import { showManyQueries } from './batches.ts';
import {
  continuationOf,
  exportMembers,
  exportQuery,
  type ExportContinuation,
  type ExportWanted,
} from './export-pages.ts';
import type { ZendeskSession } from './session.ts';
import { TICKET_INCLUDES, ticketMembers, ticketsOf } from './ticket-wire.ts';

/** One page of the tickets that changed, and the position after it. */
interface TicketExportPage extends ExportContinuation {
  readonly tickets: readonly SupportTicket[];
}

/** The requests about tickets. They only read. */
export interface TicketCalls {
  /**
   * Reads at most 100 tickets, in no particular order. Deleted and unknown tickets are absent. Archived ones may be
   * absent too (Zendesk's docs do not say), so only the export shows that a ticket was deleted.
   */
  showTickets(ids: readonly string[]): Promise<readonly SupportTicket[]>;
  /** Reads the tickets that a user has requested. Rejects as `missing` when the user does not exist. */
  listRequestedTickets(userId: string): Promise<readonly SupportTicket[]>;
  /**
   * Reads a page of the tickets that changed, oldest change first, including deleted and archived ones. A ticket may be
   * repeated. Rejects as `refused` for a start time that is less than a minute old, or an unknown cursor.
   */
  exportTickets(wanted: ExportWanted): Promise<TicketExportPage>;
}

const shown = z.object(ticketMembers).transform(ticketsOf);
const exported = z.object({ ...ticketMembers, ...exportMembers });

/** Creates the requests about tickets. */
export function ticketCalls(session: ZendeskSession): TicketCalls {
  return {
    async showTickets(ids) {
      const found: SupportTicket[] = [];
      for (const query of showManyQueries({ ids })) {
        const path = `tickets/show_many?${query}&${TICKET_INCLUDES}`;
        found.push(...(await session.get(shown, { operation: 'show tickets', path })));
      }
      return found.filter(({ status }) => status !== 'deleted');
    },
    listRequestedTickets: (userId) => {
      const path = `users/${encodeURIComponent(userId)}/tickets/requested?${TICKET_INCLUDES}`;
      return session.list(shown, { operation: 'list requested tickets', path, pages: 'cursor' });
    },
    async exportTickets(wanted) {
      const operation = 'export tickets';
      const path = `incremental/tickets/cursor?${exportQuery(wanted)}&${TICKET_INCLUDES}`;
      const call = { operation, path, buckets: ['incremental'] };
      const page = await session.get(exported, call);
      return { tickets: ticketsOf(page), ...continuationOf(page, wanted, operation) };
    },
  };
}
