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

/** One page of the tickets that changed, and where the export goes on. */
interface TicketExportPage extends ExportContinuation {
  readonly tickets: readonly SupportTicket[];
}

/** The calls about tickets, which are only read. */
export interface TicketCalls {
  /**
   * At most 100 by id, in no order. Those that were deleted or are not there are absent; so may be archived ones, of which
   * Zendesk's docs do not speak here: only the export tells that a ticket was deleted.
   */
  showTickets(ids: readonly string[]): Promise<readonly SupportTicket[]>;
  /**
   * The tickets that changed, oldest change first, deleted and archived ones among them; a ticket may come again. Rejects as
   * `refused` for a start time that is less than a minute old, or a cursor that Zendesk does not know.
   */
  exportTickets(wanted: ExportWanted): Promise<TicketExportPage>;
}

const shown = z.object(ticketMembers).transform(ticketsOf);
const exported = z.object({ ...ticketMembers, ...exportMembers });

/** Makes the calls about tickets. */
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
    async exportTickets(wanted) {
      const operation = 'export tickets';
      const path = `incremental/tickets/cursor?${exportQuery(wanted)}&${TICKET_INCLUDES}`;
      const call = { operation, path, buckets: ['incremental'] };
      const page = await session.get(exported, call);
      return { tickets: ticketsOf(page), ...continuationOf(page, wanted, operation) };
    },
  };
}
