import type { ConnectionSettings, ConnectionState } from '../../domain/connection/connection.ts';
import type { UnconfirmedRefusal } from '../../store/connection/refusals.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { HeldConnection } from '../../store/review/held.ts';
import type { Coded } from './responses/list.ts';
import { describeRefusal } from './unconfirmed.ts';

/** A connection without its secrets. `externalId` is the template, `hooks` are the ingress URLs. */
export interface ConnectionView {
  readonly id: string;
  readonly name: string;
  readonly state: ConnectionState;
  readonly stateReason: string | null;
  /** Refusals that are not confirmed yet; absent if there are none. */
  readonly unconfirmed?: readonly Coded[];
  /** Why nothing, or not every event, is written; absent if it is not held. */
  readonly held?: Omit<HeldConnection, 'connectionId'>;
  readonly externalId: string;
  readonly settings: Omit<ConnectionSettings, 'entities'>;
  readonly hooks: { readonly zendesk: string; readonly dynamics: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What is shown of connections besides their settings. It may be that of other connections, too. */
export interface ShownStates {
  readonly refusals?: readonly UnconfirmedRefusal[];
  readonly held?: readonly HeldConnection[];
}

/** Returns a connection without its secrets. `publicUrl` is the base of its ingress URLs. */
export function viewConnection(
  connection: Connection,
  publicUrl: string,
  { refusals = [], held = [] }: ShownStates = {},
): ConnectionView {
  const { id, name, state, stateReason, externalIdTemplate, hooks, createdAt, updatedAt } = connection;
  const { dynamics, zendesk, sync, annotation, support } = connection.settings;
  const unconfirmed = refusals.filter(({ connectionId }) => connectionId === id).map(describeRefusal);
  const own = held.find((one) => one.connectionId === id);
  return {
    id,
    name,
    state,
    stateReason,
    ...(unconfirmed.length > 0 && { unconfirmed }),
    ...(own && { held: shownHeld(own) }),
    externalId: externalIdTemplate,
    settings: { dynamics, zendesk, sync, annotation, support },
    hooks: {
      zendesk: `${publicUrl}/webhooks/zendesk/${hooks.zendesk}`,
      dynamics: `${publicUrl}/events/dynamics/${hooks.dynamics}`,
    },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function shownHeld({ code, message, planId, runId, since }: HeldConnection): NonNullable<ConnectionView['held']> {
  return { code, message, planId, runId, since };
}
