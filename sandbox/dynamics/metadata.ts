import type { EntityType, Property } from './entity-type.ts';
import { labelOf, typeNameOf } from './entity-type.ts';
import { ENUMERATIONS } from './enumerations.ts';
import type { DynamicsSettings } from './settings.ts';
import { isEditable } from './write-values.ts';

/**
 * Returns the response of the metadata service; undefined when there is no such resource. It is small, unlike
 * $metadata.
 */
export function readMetadata(
  { resource, name, filter }: MetadataRequest,
  types: readonly EntityType[],
  settings: DynamicsSettings,
): unknown {
  if (resource === 'PublicEnumerations') {
    const known = Object.keys(ENUMERATIONS).map(enumerationToWire);
    return name === undefined ? { value: known } : known.find((one) => one.Name === name);
  }
  const known =
    resource === 'PublicEntities'
      ? types.map((type) => publicEntity(type, settings))
      : types.map((type) => dataEntity(type));
  if (name !== undefined) return known.find((one) => one.Name === name);
  return { value: filter === undefined ? known : known.filter((one) => isMember(one, filter)) };
}

/** A request to the metadata service: a list, or one item by name. */
export interface MetadataRequest {
  readonly resource: 'PublicEntities' | 'DataEntities' | 'PublicEnumerations';
  readonly name: string | undefined;
  /** A member and its value. */
  readonly filter: readonly [string, string] | undefined;
}

/** Parses `Member eq 'value'`, the only filter that is supported here; undefined for any other. */
export function parseMetadataFilter(filter: string): readonly [string, string] | undefined {
  const [, member, value] = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$/.exec(filter) ?? [];
  return member === undefined || value === undefined ? undefined : [member, value.replaceAll("''", "'")];
}

function isMember(one: object, [member, value]: readonly [string, string]): boolean {
  return new Map<string, unknown>(Object.entries(one)).get(member) === value;
}

function publicEntity(type: EntityType, settings: DynamicsSettings): { readonly Name: string } {
  return {
    Name: type.name,
    ...{ EntitySetName: type.entitySet, LabelId: `@SYS:${type.name}`, IsReadOnly: false, ConfigurationEnabled: true },
    Properties: [...type.properties.values()].map((property) => propertyToWire(type, property, settings)),
    NavigationProperties: [],
    PropertyGroups: [],
    Actions: [],
  } as { readonly Name: string };
}

function propertyToWire(type: EntityType, property: Property, settings: DynamicsSettings): object {
  const { name, enumeration, isKey, isMandatory } = property;
  return {
    Name: name,
    TypeName: typeNameOf(property),
    DataType: enumeration === undefined ? property.type.replace('Edm.', '') : 'Enum',
    LabelId: `@SYS:${labelOf(name)}`,
    IsKey: isKey,
    IsMandatory: isMandatory,
    ConfigurationEnabled: true,
    AllowEdit: isEditable(type, name, settings),
    AllowEditOnCreate: true,
    IsDimension: false,
    DimensionRelation: null,
    IsDynamicDimension: false,
    DimensionLegalEntityProperty: null,
    DimensionTypeProperty: null,
  };
}

function dataEntity(type: EntityType): { readonly Name: string } {
  const names = { Name: type.view, PublicEntityName: type.name, PublicCollectionName: type.entitySet };
  const flags = { DataServiceEnabled: true, DataManagementEnabled: true, IsReadOnly: false };
  return { ...names, LabelId: `@SYS:${type.name}`, EntityCategory: 'Master', ...flags } as { readonly Name: string };
}

function enumerationToWire(name: string): { readonly Name: string; readonly Members: readonly object[] } {
  const members = (ENUMERATIONS[name] ?? []).map((member, value) => ({
    Name: member,
    Value: value,
    ConfigurationEnabled: true,
  }));
  return { Name: name, Members: members };
}
