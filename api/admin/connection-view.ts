import type { ConnectionSettings, ConnectionState } from '../../domain/connection/connection.ts';
import { noGo, type Go } from '../../domain/connection/go.ts';
import { settingsPending } from '../../domain/connection/settings-pending.ts';
import type { PendingRevision } from '../../store/connection/revisions.ts';
import type { UnconfirmedRefusal } from '../../store/connection/refusals.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { HeldConnection } from '../../store/review/held.ts';
import type { AdminDeps } from './admin-deps.ts';
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
  /** What may be written without a person. */
  readonly go: readonly Go[];
  /** Why nothing is written; absent if anything is. */
  readonly noGo?: Coded;
  readonly revision: number;
  /** Settings that wait for approval; absent if there are none. */
  readonly pending?: PendingView;
  /** Why nothing, or not every event, is written; absent if it is not held. */
  readonly held?: Omit<HeldConnection, 'connectionId'>;
  readonly externalId: string;
  readonly settings: Omit<ConnectionSettings, 'entities'>;
  readonly hooks: { readonly zendesk: string; readonly dynamics: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The revision of settings that waits for approval. `settings` are the paths of those that it would change. */
interface PendingView {
  readonly revision: number;
  readonly settings: readonly string[];
  readonly since: string;
  readonly by: string;
  readonly message: string;
}

/** What is known about a connection besides its settings. `refusals` and `held` may be those of other
 * connections, too. */
interface ConnectionFacts {
  readonly refusals: readonly UnconfirmedRefusal[];
  readonly gos: readonly Go[];
  readonly pending: PendingRevision | undefined;
  readonly held: readonly HeldConnection[];
}

/** Returns connections without their secrets, with everything that is known about them. */
export async function viewConnections(
  { services: { store }, publicUrl }: AdminDeps,
  connections: readonly Connection[],
): Promise<ConnectionView[]> {
  const refusals = await store.refusals.unconfirmed();
  const held = await store.held.list();
  const views: ConnectionView[] = [];
  for (const connection of connections) {
    const gos = await store.gos.list(connection.id);
    const pending = await store.revisions.pending(connection.id);
    views.push(view(connection, publicUrl(), { refusals, gos, pending, held }));
  }
  return views;
}

/** Returns a connection without its secrets, with everything that is known about it. */
export async function viewConnection(deps: AdminDeps, connection: Connection): Promise<ConnectionView> {
  const [only] = await viewConnections(deps, [connection]);
  if (only === undefined) throw new Error('A connection has exactly one view.');
  return only;
}

function view(connection: Connection, publicUrl: string, facts: ConnectionFacts): ConnectionView {
  const { refusals, gos, pending, held } = facts;
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
    go: gos,
    ...(gos.length === 0 && { noGo: noGo(id) }),
    revision: connection.revision,
    ...(pending && { pending: viewPending(id, pending) }),
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

function viewPending(connectionId: string, pending: PendingRevision): PendingView {
  const { no, differs, since, by } = pending;
  const { message } = settingsPending(connectionId, pending);
  return { revision: no, settings: differs, since, by, message };
}

function shownHeld({ code, message, planId, runId, since }: HeldConnection): NonNullable<ConnectionView['held']> {
  return { code, message, planId, runId, since };
}
