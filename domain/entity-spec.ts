import type { AnnotationTarget } from './support/annotation-target.ts';
import type { Mapping } from './sync/mapping.ts';

/** What records of an entity become in Zendesk. All behaviour that differs between entities is looked up by this. */
export type TargetName = 'organization' | 'user';

/** A name that is put together from members of a row, with blanks between; `when` restricts it to rows whose member has this value. */
export interface NameSource {
  readonly join: readonly string[];
  readonly when?: { readonly member: string; readonly is: string };
}

/** The members of an F&O row that the sync itself needs, besides its key and what is mapped. */
export interface EntityMembers {
  /** The first of these names that is not empty is the record's name. */
  readonly name: readonly NameSource[];
  readonly party?: string;
  readonly person?: string;
  readonly email?: string;
  /** An enumeration of F&O whose member `Yes` means that the record is inactive. */
  readonly inactive?: string;
}

/** By what a record of an entity is named in events: members of business events, and the table and key of data events. */
export interface EventNames {
  readonly members: readonly string[];
  readonly table?: { readonly entity: string; readonly key: string };
}

/** Everything that tells one kind of ERP record from another. */
export interface EntitySpec {
  readonly kind: string;
  readonly target: TargetName;
  readonly entitySet: string;
  /** The member that holds a record's key within a company. */
  readonly key: string;
  /** All members of the entity's key in F&O: without an order by all of them, pages by offset repeat and miss rows. */
  readonly order: readonly string[];
  readonly members: EntityMembers;
  readonly mapping: Mapping;
  /** The template of external ids. */
  readonly externalId: string;
  /** Where support load is written in the ERP; absent where it is not. */
  readonly annotation?: AnnotationTarget;
  /** The kinds whose records must be in Zendesk before those of this one. */
  readonly dependsOn: readonly string[];
  readonly events: EventNames;
}
