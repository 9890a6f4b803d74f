import type { AnnotationTarget } from './support/annotation-target.ts';
import type { Mapping } from './sync/mapping.ts';

/**
 * The kind of object in Zendesk that the records of an entity become. Behavior that differs between entities is looked
 * up by this name.
 */
export type TargetName = 'organization' | 'user';

/**
 * A name that consists of members of a row, joined by blanks. `when` restricts it to rows in which a member has a
 * value.
 */
export interface NameSource {
  readonly join: readonly string[];
  readonly when?: { readonly member: string; readonly is: string };
}

/** The members of an F&O row that the sync itself needs, besides its key and the mapped members. */
export interface EntityMembers {
  /** The record has the first of these names that is not empty. */
  readonly name: readonly NameSource[];
  readonly party?: string;
  readonly person?: string;
  readonly email?: string;
  /** An enumeration of F&O whose member `Yes` means that the record is inactive. */
  readonly inactive?: string;
}

/** The names of a record in events: its members in business events, and its table and key in data events. */
export interface EventNames {
  readonly members: readonly string[];
  readonly table?: { readonly entity: string; readonly key: string };
}

/** The specification of an entity: everything in which one kind of ERP record differs from another. */
export interface EntitySpec {
  readonly kind: string;
  readonly target: TargetName;
  readonly entitySet: string;
  /** The member with the key of a record within a company. */
  readonly key: string;
  /** All members of the entity's key in F&O. Pages ordered by fewer members would repeat and miss rows. */
  readonly order: readonly string[];
  /** The columns that the F&O environment does not have. They are not read. */
  readonly lacks?: readonly string[];
  readonly members: EntityMembers;
  readonly mapping: Mapping;
  /** The template of external ids. */
  readonly externalId: string;
  /** The field of the ERP to which the support load is written; undefined if it is not written. */
  readonly annotation?: AnnotationTarget;
  /** The kinds whose records must be in Zendesk before those of this one. */
  readonly dependsOn: readonly string[];
  readonly events: EventNames;
}
