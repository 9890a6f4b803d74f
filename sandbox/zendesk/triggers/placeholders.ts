import type { Account } from '../account.ts';
import { showValues } from '../custom-field-values.ts';
import type { Ticket } from '../tickets.ts';
import { isoOf } from '../wire-time.ts';

/** Replaces the placeholders in a template. Values are not escaped for JSON, and unknown placeholders become empty. */
export function render(template: string, account: Account, ticket: Ticket): string {
  return template.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (_whole, name: string) => valueOf(name, account, ticket));
}

function valueOf(name: string, account: Account, ticket: Ticket): string {
  const field = /^ticket\.organization\.custom_fields\.(\w+)$/.exec(name)?.[1];
  const organization = account.organizations.table.get(ticket.organizationId ?? -1);
  if (field !== undefined)
    return String(organization ? (showValues(account.organizationFields, organization.values)[field] ?? '') : '');
  const requester = account.users.table.get(ticket.requesterId);
  const values: Readonly<Record<string, string | number | null | undefined>> = {
    'ticket.id': ticket.id,
    'ticket.status': titled(ticket.status),
    'ticket.priority': titled(ticket.priority ?? ''),
    'ticket.title': ticket.subject,
    'ticket.description': ticket.description,
    'ticket.external_id': ticket.externalId,
    'ticket.tags': ticket.tags.join(' '),
    'ticket.created_at_with_timestamp': isoOf(ticket.createdAtS),
    'ticket.updated_at_with_timestamp': isoOf(ticket.updatedAtS),
    'ticket.organization.id': organization?.id,
    'ticket.organization.name': organization?.name,
    'ticket.organization.external_id': organization?.externalId,
    'ticket.requester.id': requester?.id,
    'ticket.requester.name': requester?.name,
    'ticket.requester.external_id': requester?.externalId,
    'ticket.requester.email': account.identities.primaryEmail(ticket.requesterId)?.value,
    'current_user.id': account.changeContext.actorId,
  };
  return String(values[name] ?? '');
}

/** Statuses and priorities have the form that people see. */
function titled(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
