import type { ZendeskState } from '../zendesk/state.ts';
import type { ControlRoute } from './control-route.ts';
import { ControlError, listOf } from './control-route.ts';

type Input = Readonly<Record<string, unknown>>;

interface Kind {
  readonly name: string;
  readonly list: () => readonly unknown[];
  readonly seed: (input: Input) => unknown;
  readonly edit: (id: number, input: Input) => unknown;
  readonly remove: (id: number) => void;
}

/** Returns the routes of Zendesk's data. They do what agents do in Zendesk's own pages, not through its API. */
export function zendeskRoutes(state: ZendeskState): ControlRoute[] {
  const kinds: readonly Kind[] = [
    {
      name: 'organizations',
      list: () => state.organizations(),
      seed: (input) => state.seedOrganization(input),
      edit: (id, input) => state.editOrganization(id, input),
      remove: (id) => state.deleteOrganization(id),
    },
    {
      name: 'users',
      list: () => state.users(),
      seed: (input) => state.seedUser(input),
      edit: (id, input) => state.editUser(id, input),
      remove: (id) => state.deleteUser(id),
    },
    {
      name: 'tickets',
      list: () => state.tickets(),
      seed: (input) => state.seedTicket(input),
      edit: (id, input) => state.editTicket(id, input),
      remove: (id) => state.deleteTicket(id),
    },
  ];
  return [
    ...kinds.flatMap(routesOf),
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/users\/(\d+)\/merge$/,
      handle: ({ parts, body }) => state.mergeUsers(Number(parts[0]), idIn(body, 'winner_id')),
    },
    { method: 'GET', pattern: /^\/state\/zendesk\/identities$/, handle: () => listOf(state.identities()) },
    { method: 'GET', pattern: /^\/state\/zendesk\/memberships$/, handle: () => listOf(state.memberships()) },
    {
      method: 'POST',
      pattern: /^\/state\/zendesk\/memberships$/,
      handle: ({ body }) => state.seedMembership(idIn(body, 'user_id'), idIn(body, 'organization_id')),
    },
    { method: 'GET', pattern: /^\/state\/zendesk\/mails$/, handle: () => listOf(state.mailsSent()) },
  ];
}

function routesOf({ name, list, seed, edit, remove }: Kind): ControlRoute[] {
  const all = new RegExp(`^/state/zendesk/${name}$`);
  const one = new RegExp(`^/state/zendesk/${name}/(\\d+)$`);
  return [
    { method: 'GET', pattern: all, handle: () => listOf(list()) },
    { method: 'POST', pattern: all, handle: ({ body }) => seed(body) },
    { method: 'PATCH', pattern: one, handle: ({ parts, body }) => edit(Number(parts[0]), body) },
    { method: 'DELETE', pattern: one, handle: ({ parts }) => remove(Number(parts[0])) },
  ];
}

function idIn(body: Input, name: string): number {
  const id = body[name];
  if (typeof id !== 'number') throw new ControlError(400, `\`${name}\` must be a number.`);
  return id;
}
