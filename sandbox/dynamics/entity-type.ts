import { ENUMERATIONS, NAMESPACE } from './enumerations.ts';

/**
 * A value in JSON. F&O has no null: an empty text is "", an empty date a sentinel, and an enumeration the member's
 * name.
 */
export type Value = string | number;

/** The primitive types that the entities use. */
export type EdmType = 'Edm.String' | 'Edm.Int32' | 'Edm.Int64' | 'Edm.Decimal' | 'Edm.DateTimeOffset';

/** One property of an entity type. */
export interface Property {
  readonly name: string;
  /** The primitive type, or Edm.String for an enumeration. */
  readonly type: EdmType;
  /** The name of the enumeration whose members are the values. */
  readonly enumeration?: string;
  readonly isKey: boolean;
  /** True if the CSDL declares it as not nullable. */
  readonly isMandatory: boolean;
  readonly allowEdit: boolean;
  /** True if it is a text of unlimited length, which cannot be used in a filter. */
  readonly isMemo: boolean;
  /** Longer texts are cut silently. Undefined means no limit. */
  readonly maxLength?: number;
  readonly initial: Value;
}

/** An entity type with its set, and the view that error messages name. */
export interface EntityType {
  /** Singular, such as CustomerV3. */
  readonly name: string;
  /** Plural, such as CustomersV3. */
  readonly entitySet: string;
  /** The name in the application's code, such as CustCustomerV3Entity. */
  readonly view: string;
  readonly keys: readonly string[];
  /** True if rows belong to a company (have a dataAreaId). */
  readonly companyScoped: boolean;
  readonly properties: ReadonlyMap<string, Property>;
}

/** The properties of a type by the kind of their values, with names separated by blanks. */
export interface EntityTypeDraft {
  readonly name: string;
  readonly entitySet: string;
  readonly view: string;
  readonly keys: readonly string[];
  readonly texts: string;
  readonly memos?: string;
  /** The enumeration of each property. */
  readonly enums?: Readonly<Record<string, string>>;
  readonly integers?: string;
  readonly recordIds?: string;
  readonly decimals?: string;
  /** Dates without a time, served at noon. */
  readonly dates?: string;
  readonly times?: string;
  /** Times whose initial value is open-ended. */
  readonly endTimes?: string;
  /** Properties other than keys that do not allow editing. */
  readonly readOnly?: string;
}

/** Creates an entity type from its draft. */
export function defineEntityType(draft: EntityTypeDraft): EntityType {
  const { name, entitySet, view, keys } = draft;
  const readOnly = new Set([...keys, ...words(draft.readOnly)]);
  const make = (property: Pick<Property, 'name' | 'type' | 'initial'> & Partial<Property>): Property => ({
    isKey: keys.includes(property.name),
    isMandatory: keys.includes(property.name) || property.type !== 'Edm.String',
    allowEdit: !readOnly.has(property.name),
    isMemo: false,
    ...property,
  });
  const plain = (names: string | undefined, type: EdmType, initial: Value): Property[] =>
    words(names).map((word) => make({ name: word, type, initial }));
  const enums = Object.entries(draft.enums ?? {}).map(([word, enumeration]) =>
    make({ name: word, type: 'Edm.String', enumeration, initial: ENUMERATIONS[enumeration]?.[0] ?? '' }),
  );
  const properties = [
    ...plain(draft.texts, 'Edm.String', ''),
    ...words(draft.memos).map((word) => make({ name: word, type: 'Edm.String', isMemo: true, initial: '' })),
    ...enums,
    ...plain(draft.integers, 'Edm.Int32', 0),
    ...plain(draft.recordIds, 'Edm.Int64', 0),
    ...plain(draft.decimals, 'Edm.Decimal', 0),
    ...plain(draft.dates, 'Edm.DateTimeOffset', '1900-01-01T12:00:00Z'),
    ...plain(draft.times, 'Edm.DateTimeOffset', '1900-01-01T00:00:00Z'),
    ...plain(draft.endTimes, 'Edm.DateTimeOffset', '2154-12-31T23:59:59Z'),
  ];
  const byName = new Map(properties.map((property) => [property.name, property]));
  return { name, entitySet, view, keys, companyScoped: byName.has('dataAreaId'), properties: byName };
}

/** Returns a copy of a type to which fields can be added, as extensions of an environment do. */
export function extensible(type: EntityType): {
  readonly type: EntityType;
  readonly add: (property: Property) => void;
} {
  const properties = new Map(type.properties);
  return { type: { ...type, properties }, add: (property) => void properties.set(property.name, property) };
}

/** Returns the key property other than dataAreaId; the last one if there are several. */
export function ownKeyOf(type: EntityType): string {
  return type.keys.at(-1) ?? '';
}

/** Returns the qualified name of a property's type. */
export function typeNameOf({ type, enumeration }: Property): string {
  return enumeration === undefined ? type : `${NAMESPACE}.${enumeration}`;
}

/** Returns a property's label in the infolog: `CustomerAccount` becomes "Customer account". */
export function labelOf(name: string): string {
  const spaced = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
