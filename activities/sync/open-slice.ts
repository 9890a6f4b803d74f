import { entitiesOf, entityOf } from '../../domain/entities.ts';
import type { EntitySpec, TargetName } from '../../domain/entity-spec.ts';
import { mappedParts, withoutFields, type MappedParts } from '../../domain/sync/mapping.ts';
import { connectionOfRun } from './connection-of-run.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Store } from '../../store/store.ts';
import type { SliceRef } from '../../workflows/steps.ts';

/** A target of a connection with its entities and mapped parts. */
export interface OpenTarget {
  readonly connection: Connection;
  readonly target: TargetName;
  /** The entities with this target, in the order of their rank, as they are written: without tags if Zendesk keeps none. */
  readonly entities: readonly EntitySpec[];
  /** The parts that are remembered of what Zendesk shows, without suspended fields. */
  readonly mapped: MappedParts;
}

/** A slice with its connection and its entity. */
export interface OpenSlice extends SliceRef {
  readonly target: TargetName;
  readonly connection: Connection;
  /**
   * The entity as it is read, with all its fields, because a suspended field may be written before the run ends, but
   * without the columns that F&O lacks.
   */
  readonly entity: EntitySpec;
  /** The entity as it is written, without suspended fields, and without tags if Zendesk keeps none. */
  readonly spec: EntitySpec;
  readonly mapped: MappedParts;
}

/** Reads a target of a connection from the store, with the settings of a run if it is opened for one. */
export async function openTarget(
  store: Store,
  of: { readonly connectionId: string; readonly runId?: string },
  target: TargetName,
): Promise<OpenTarget> {
  const { connectionId, runId } = of;
  const connection =
    runId === undefined
      ? await store.connections.require(connectionId)
      : await connectionOfRun(store, { connectionId, runId });
  return effectiveTarget(store, connection, target);
}

/** Reads the connection and the entity of a slice from the store. */
export async function openSlice(store: Store, slice: SliceRef): Promise<OpenSlice> {
  const connection = await connectionOfRun(store, slice);
  const entity = await withoutMissing(store, connection, entityOf(connection, slice.kind));
  const { target } = entity;
  const { entities, mapped } = await effectiveTarget(store, connection, target);
  // If the entity was switched off during the run, the slice is finished with its mapping nevertheless.
  const spec = entities.find(({ kind }) => kind === slice.kind) ?? entity;
  return { ...slice, target, connection, entity, spec, mapped };
}

async function withoutMissing(store: Store, { id }: Connection, entity: EntitySpec): Promise<EntitySpec> {
  const lacks = await store.entityColumns.lacks(id, entity.entitySet);
  return lacks.length === 0 ? entity : { ...entity, lacks };
}

function withMapping(spec: EntitySpec, change: Partial<EntitySpec['mapping']>): EntitySpec {
  return { ...spec, mapping: { ...spec.mapping, ...change } };
}

async function effectiveTarget(store: Store, connection: Connection, target: TargetName): Promise<OpenTarget> {
  const check = await store.fieldChecks.get(connection.id, target);
  const suspended = new Set(check?.suspended.map(({ key }) => key));
  const entities = entitiesOf(connection)
    .filter((spec) => spec.target === target)
    .map((spec) => ({ ...spec, mapping: withoutFields(spec.mapping, suspended) }));
  const mapped = mappedParts(entities.map(({ mapping }) => mapping));
  const tagging = await store.taggingChecks.get(connection.id, target);
  if (tagging?.isOff !== true) return { connection, target, entities, mapped };
  return { connection, target, mapped, entities: entities.map((spec) => withMapping(spec, { tags: [] })) };
}
