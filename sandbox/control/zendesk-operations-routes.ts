import type { BulkTickets, TicketChoice } from '../zendesk/bulk-tickets.ts';
import type { OauthControls, TokenKind } from '../zendesk/oauth/oauth-controls.ts';
import type { DeliveryControls, ManualDelivery } from '../zendesk/webhooks/manual-deliveries.ts';
import type { ControlCall, ControlRoute } from './control-route.ts';
import { ControlError, listOf } from './control-route.ts';

type Body = ControlCall['body'];

/** Returns the routes that create and change many of Zendesk's tickets at once. */
export function bulkTicketRoutes(tickets: BulkTickets): ControlRoute[] {
  return [
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/organizations\/generate$/,
      handle: ({ body }) => tickets.generateOrganizations(counted(body)),
    },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/tickets\/generate$/,
      handle: ({ body }) => tickets.generate(counted(body), isSilent(body)),
    },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/tickets\/change$/,
      handle: ({ body }) => tickets.change(choiceOf(body), objectIn(body, 'set'), isSilent(body)),
    },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/tickets\/delete$/,
      handle: ({ body }) => tickets.delete(choiceOf(body), isSilent(body)),
    },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/tickets\/merge$/,
      handle: ({ body }) => tickets.merge(...mergeOf(body), isSilent(body)),
    },
  ];
}

/** Returns the routes of Zendesk's webhook deliveries. */
export function deliveryRoutes(deliveries: DeliveryControls): ControlRoute[] {
  const all = /^\/state\/zendesk\/deliveries$/;
  return [
    {
      method: 'GET',
      pattern: all,
      handle: ({ query }) => listOf(deliveries.list(query.get('webhookId') ?? undefined)),
    },
    { method: 'POST', pattern: all, handle: ({ body }) => deliveries.send(manualDeliveryOf(body)) },
    { method: 'DELETE', pattern: all, handle: () => deliveries.clear() },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/deliveries\/(\w+)\/repeat$/,
      handle: ({ parts: [id = ''], body }) => deliveries.repeat(id, Number(body['times'] ?? 1)),
    },
  ];
}

const KINDS: readonly TokenKind[] = ['access', 'refresh', 'all'];

/** Returns the routes of the tokens that Zendesk issued to its OAuth client. */
export function oauthRoutes(oauth: OauthControls): ControlRoute[] {
  return [
    { method: 'GET', pattern: /^\/state\/zendesk\/oauth$/, handle: () => listOf(oauth.list()) },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/oauth\/expire$/,
      handle: ({ body }) => {
        const kind = KINDS.find((known) => known === (body['what'] ?? 'all'));
        if (!kind) throw new ControlError(400, `\`what\` must be one of ${KINDS.join(', ')}.`);
        oauth.expire(kind);
      },
    },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/oauth\/revoke$/,
      handle: ({ body: { token } }) => oauth.revoke(typeof token === 'string' ? token : undefined),
    },
  ];
}

function counted(body: Body): Body & { readonly count: number } {
  const { count } = body;
  if (typeof count !== 'number' || !(count >= 0))
    throw new ControlError(400, '`count` must be a number of at least 0.');
  return { ...body, count };
}

function mergeOf({ ids, into }: Body): [ids: readonly number[], intoId: number] {
  const isList = Array.isArray(ids) && ids.every((id) => typeof id === 'number');
  if (!isList || typeof into !== 'number')
    throw new ControlError(400, '`ids` must be a list of numbers and `into` a number.');
  return [ids, into];
}

function isSilent({ silent }: Body): boolean {
  return silent === true;
}

function choiceOf(body: Body): TicketChoice {
  return body['where'] === undefined ? {} : objectIn(body, 'where');
}

function objectIn(body: Body, name: string): Readonly<Record<string, unknown>> {
  const value = body[name];
  if (typeof value !== 'object' || value === null) throw new ControlError(400, `\`${name}\` must be an object.`);
  return { ...value };
}

function manualDeliveryOf(body: Body): ManualDelivery {
  const { webhookId, endpoint } = body;
  if (typeof webhookId !== 'string' && typeof endpoint !== 'string')
    throw new ControlError(400, '`webhookId`, or `endpoint` and `secret`, is required.');
  return { ...(body as unknown as ManualDelivery) };
}
