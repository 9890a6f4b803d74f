import { waitFor, zendesk } from './control.ts';
import { openTicket, type TicketWebhookStatuses } from './ticket-webhook.ts';
import { customerField, type RecordKey } from './edits.ts';
import { renameWithEvent, type BusinessEventStatuses } from './business-event.ts';
import { ledgerdesk, type Sandbox } from './processes.ts';

/** The results of the second half of the demo. */
export interface EventsAndAnnotation {
  readonly eventStatuses: BusinessEventStatuses;
  readonly organizationName: string;
  readonly webhookStatuses: TicketWebhookStatuses;
  readonly memoBefore: string;
  readonly memo: string;
  readonly status: string;
  readonly events: readonly ReceivedEvent[];
}

/** An event in the CLI's JSON output. */
export interface ReceivedEvent {
  readonly source: string;
  readonly type: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly outcome: string | null;
}

/** A customer whose memo contains text that people wrote. */
const CUSTOMER: RecordKey = { legalEntity: 'usmf', key: 'US-017' };
/** The new name of that customer. */
export const NEW_NAME = 'Turtle and Daughters Wholesales';

/** Shows a business event of F&O, a ticket webhook of Zendesk, and the annotation in the customer's memo in F&O. */
export async function showEventsAndAnnotation(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>>,
  print: (text: string) => void,
): Promise<EventsAndAnnotation> {
  const { hooks } = await ledgerdesk<{ hooks: Hooks }>(['connection', 'show', 'contoso'], env);
  const organizationId = await organizationOf(env);

  print(`\n7. F&O sends its business events to Ledgerdesk. ${CUSTOMER.key} is renamed, and the event is sent twice`);
  const eventStatuses = await renameWithEvent(sandbox, hooks.dynamics, { ...CUSTOMER, name: NEW_NAME });
  const organizationName = await waitFor('the organization has the new name', async () => {
    const { organization } = await zendesk<{ organization: { name: string } }>(
      sandbox,
      `organizations/${organizationId}`,
    );
    return organization.name === NEW_NAME ? organization.name : undefined;
  });
  print(
    `   test of the endpoint: ${eventStatuses.test}, event: ${eventStatuses.event}, the same event again: ${eventStatuses.again}`,
  );
  print(`   the organization in Zendesk is renamed to "${organizationName}"`);

  print('\n8. ledgerdesk connection wire contoso        then a contact of that customer creates an urgent ticket');
  const memoBefore = await customerField(sandbox, CUSTOMER, 'SalesMemo');
  const { webhookId } = await ledgerdesk<{ webhookId: string }>(['connection', 'wire', 'contoso'], env);
  const webhookStatuses = await openTicket(sandbox, { hook: hooks.zendesk, webhookId, organizationId });
  print(
    `   signed webhook: ${webhookStatuses.webhook}, a copy of it: ${webhookStatuses.copy}, a copy with a changed body: ${webhookStatuses.tampered}`,
  );

  const memo = await waitFor('the memo is annotated', async () => {
    const text = await customerField(sandbox, CUSTOMER, 'SalesMemo');
    return text === memoBefore ? undefined : text;
  });
  print(`\n9. The sales memo of ${CUSTOMER.key} in Dynamics 365: the annotation is added below the text of people`);
  for (const line of memo.split(/\r\n|\r|\n/)) print(`   | ${line}`);

  const events = await waitFor('every event has an outcome', () => finishedEvents(env));
  print('\n10. ledgerdesk events contoso        oldest first; the last one reports our own write and causes no other');
  for (const { source, type, verdict, reason, outcome } of events)
    print(`   ${source.padEnd(9)} ${verdict.padEnd(10)} ${(reason ?? outcome ?? '').padEnd(10)} ${type}`);
  const { items } = await ledgerdesk<{ items: { status: string }[] }>(['support', 'contoso'], env);
  return {
    eventStatuses,
    organizationName,
    webhookStatuses,
    memoBefore,
    memo,
    status: items[0]?.status ?? 'none',
    events,
  };
}

interface Hooks {
  readonly zendesk: string;
  readonly dynamics: string;
}

async function organizationOf(env: Readonly<Record<string, string>>): Promise<string> {
  const customers = ['records', 'contoso', '--kind', 'customer'];
  const { items } = await ledgerdesk<{ items: (RecordKey & { zendeskId: string | null })[] }>(customers, env);
  const zendeskId = items.find(
    ({ legalEntity, key }) => legalEntity === CUSTOMER.legalEntity && key === CUSTOMER.key,
  )?.zendeskId;
  if (!zendeskId) throw new Error(`The customer ${CUSTOMER.key} has no organization in Zendesk.`);
  return zendeskId;
}

/** Returns the events, oldest first; undefined until all have an outcome, including the one of our own write. */
async function finishedEvents(env: Readonly<Record<string, string>>): Promise<ReceivedEvent[] | undefined> {
  const { items } = await ledgerdesk<{ items: ReceivedEvent[] }>(['events', 'contoso'], env);
  const isFinished = items.every(({ verdict, outcome }) => verdict !== 'accepted' || outcome !== null);
  const own = items.filter(({ source, verdict }) => source === 'dynamics' && verdict === 'accepted');
  return isFinished && own.length > 1 ? [...items].reverse() : undefined;
}
