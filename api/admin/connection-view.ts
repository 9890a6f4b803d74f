import type { ConnectionSettings, ConnectionState } from '../../domain/connection/connection.ts';
import type { Connection } from '../../store/connection/connections.ts';

/** A connection without its secrets. `externalId` is the template, `hooks` are the ingress URLs. */
export interface ConnectionView {
  readonly id: string;
  readonly name: string;
  readonly state: ConnectionState;
  readonly stateReason: string | null;
  readonly externalId: string;
  readonly settings: Omit<ConnectionSettings, 'entities'>;
  readonly hooks: { readonly zendesk: string; readonly dynamics: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Returns a connection without its secrets. `publicUrl` is the base of its ingress URLs. */
export function viewConnection(connection: Connection, publicUrl: string): ConnectionView {
  const { id, name, state, stateReason, externalIdTemplate, hooks, createdAt, updatedAt } = connection;
  const { dynamics, zendesk, sync, annotation, support } = connection.settings;
  return {
    id,
    name,
    state,
    stateReason,
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
