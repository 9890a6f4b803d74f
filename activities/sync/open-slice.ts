import { entitiesOf, entityOf } from '../../domain/entities.ts';
import type { EntitySpec, TargetName } from '../../domain/entity-spec.ts';
import { mappedParts, withoutFields, type MappedParts } from '../../domain/sync/mapping.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Store } from '../../store/store.ts';
import type { SliceRef } from '../../workflows/steps.ts';

/** What the steps must know of a connection's organizations, or of its users. */
export interface OpenTarget {
  readonly connection: Connection;
  readonly target: TargetName;
  /** The entities that become them, in the order of their rank. */
  readonly entities: readonly EntitySpec[];
  /** The parts that are written in Zendesk at present: without the fields that it does not take as they are. */
  readonly mapped: MappedParts;
}

/** One legal entity and kind of a run, with what its steps must know. */
export interface OpenSlice extends SliceRef {
  readonly target: TargetName;
  readonly connection: Connection;
  /** The entity as it is read, with all its fields: one that is suspended now may be written before the run ends. */
  readonly entity: EntitySpec;
  /** The entity as it is written at present, without suspended fields. */
  readonly spec: EntitySpec;
  readonly mapped: MappedParts;
}

/** Reads what the steps must know of a connection's organizations, or of its users. */
export async function openTarget(store: Store, connectionId: string, target: TargetName): Promise<OpenTarget> {
  return effectiveTarget(store, await store.connections.require(connectionId), target);
}

/** Reads what the steps of a slice must know. */
export async function openSlice(store: Store, slice: SliceRef): Promise<OpenSlice> {
  const connection = await store.connections.require(slice.connectionId);
  const entity = entityOf(connection, slice.kind);
  const { target } = entity;
  const { entities, mapped } = await effectiveTarget(store, connection, target);
  // A slice of an entity that has been switched off meanwhile is finished with the mapping as it was.
  const spec = entities.find(({ kind }) => kind === slice.kind) ?? entity;
  return { ...slice, target, connection, entity, spec, mapped };
}

async function effectiveTarget(store: Store, connection: Connection, target: TargetName): Promise<OpenTarget> {
  const check = await store.fieldChecks.get(connection.id, target);
  const suspended = new Set(check?.suspended.map(({ key }) => key));
  const entities = entitiesOf(connection)
    .filter((spec) => spec.target === target)
    .map((spec) => ({ ...spec, mapping: withoutFields(spec.mapping, suspended) }));
  return { connection, target, entities, mapped: mappedParts(entities.map(({ mapping }) => mapping)) };
}
