import type { ConnectionSettings, ConnectionState } from '../../domain/connection/connection.ts';
import type { UnconfirmedRefusal } from '../../store/connection/refusals.ts';
import type { Connection } from '../../store/connection/connections.ts';
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
  readonly externalId: string;
  readonly settings: Omit<ConnectionSettings, 'entities'>;
  readonly hooks: { readonly zendesk: string; readonly dynamics: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * Returns a connection without its secrets. `publicUrl` is the base of its ingress URLs. `refusals` may be those of other
 * connections, too.
 */
export function viewConnection(
  connection: Connection,
  publicUrl: string,
  refusals: readonly UnconfirmedRefusal[] = [],
): ConnectionView {
  const { id, name, state, stateReason, externalIdTemplate, hooks, createdAt, updatedAt } = connection;
  const { dynamics, zendesk, sync, annotation, support } = connection.settings;
  const unconfirmed = refusals.filter(({ connectionId }) => connectionId === id).map(describeRefusal);
  return {
    id,
    name,
    state,
    stateReason,
    ...(unconfirmed.length > 0 && { unconfirmed }),
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
