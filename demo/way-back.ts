import { until, zendesk } from './control.ts';
import { openTicket, type DeskDoor } from './desk-door.ts';
import { customerField, type RecordKey } from './edits.ts';
import { tellOfRenaming, type ErpDoor } from './erp-door.ts';
import { ledgerdesk, type Sandbox } from './processes.ts';

/** All that the second half of the demo has seen. */
export interface WayBack {
  readonly erpDoor: ErpDoor;
  readonly organizationName: string;
  readonly deskDoor: DeskDoor;
  readonly memoBefore: string;
  readonly memo: string;
  readonly status: string;
  readonly events: readonly ReceivedEvent[];
}

/** An event, as the command line prints it. */
export interface ReceivedEvent {
  readonly source: string;
  readonly type: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly outcome: string | null;
}

/** A customer whose memo holds what people have written. */
const CUSTOMER: RecordKey = { legalEntity: 'usmf', key: 'US-017' };
/** Its name from now on. */
export const NEW_NAME = 'Turtle and Daughters Wholesales';

/** Events and tickets: F&O tells of a change, Zendesk of a ticket, and the ERP's memo says how the customer stands. */
export async function showWayBack(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>>,
  say: (text: string) => void,
): Promise<WayBack> {
  const { hooks } = await ledgerdesk<{ hooks: Hooks }>(['connection', 'show', 'contoso'], env);
  const organizationId = await organizationOf(env);

  say(`\n7. F&O is told our address and sends a business event when ${CUSTOMER.key} gets a new name; and once more`);
  const erpDoor = await tellOfRenaming(sandbox, hooks.dynamics, { ...CUSTOMER, name: NEW_NAME });
  const organizationName = await until('the organization gets the new name', async () => {
    const { organization } = await zendesk<{ organization: { name: string } }>(
      sandbox,
      `organizations/${organizationId}`,
    );
    return organization.name === NEW_NAME ? organization.name : undefined;
  });
  say(
    `   its test of the address: ${erpDoor.test}, the event: ${erpDoor.event}, the same event again: ${erpDoor.again}`,
  );
  say(`   the organization in Zendesk is now called "${organizationName}"`);

  say('\n8. ledgerdesk connection wire contoso        then a contact of that customer opens an urgent ticket');
  const memoBefore = await customerField(sandbox, CUSTOMER, 'SalesMemo');
  const { webhookId } = await ledgerdesk<{ webhookId: string }>(['connection', 'wire', 'contoso'], env);
  const deskDoor = await openTicket(sandbox, { hook: hooks.zendesk, webhookId, organizationId });
  say(
    `   the signed webhook: ${deskDoor.webhook}, a copy of it: ${deskDoor.copy}, a copy that was tampered with: ${deskDoor.tampered}`,
  );

  const memo = await until('the memo is written', async () => {
    const text = await customerField(sandbox, CUSTOMER, 'SalesMemo');
    return text === memoBefore ? undefined : text;
  });
  say(`\n9. The sales memo of ${CUSTOMER.key} in Dynamics 365 now; what people had written stands there as before`);
  for (const line of memo.split(/\r\n|\r|\n/)) say(`   | ${line}`);

  const events = await until('every event has an outcome', () => settledEvents(env));
  say('\n10. ledgerdesk events contoso        oldest first; the last one tells of our own write, and led to none');
  for (const { source, type, verdict, reason, outcome } of events)
    say(`   ${source.padEnd(9)} ${verdict.padEnd(10)} ${(reason ?? outcome ?? '').padEnd(10)} ${type}`);
  const { items } = await ledgerdesk<{ items: { status: string }[] }>(['support', 'contoso'], env);
  return { erpDoor, organizationName, deskDoor, memoBefore, memo, status: items[0]?.status ?? 'none', events };
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
  if (!zendeskId) throw new Error(`${CUSTOMER.key} has no organization.`);
  return zendeskId;
}

/** The events, once F&O has told of our own write as well and nothing is under way; oldest first. */
async function settledEvents(env: Readonly<Record<string, string>>): Promise<ReceivedEvent[] | undefined> {
  const { items } = await ledgerdesk<{ items: ReceivedEvent[] }>(['events', 'contoso'], env);
  const isSettled = items.every(({ verdict, outcome }) => verdict !== 'accepted' || outcome !== null);
  const own = items.filter(({ source, verdict }) => source === 'dynamics' && verdict === 'accepted');
  return isSettled && own.length > 1 ? [...items].reverse() : undefined;
}
