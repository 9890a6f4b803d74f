import type { EntityType, Property } from './entity-type.ts';
import { typeNameOf } from './entity-type.ts';
import { ENUMERATIONS, NAMESPACE } from './enumerations.ts';

/** Returns the types as an OData schema. In a real environment it has 54 MB, so clients should not request it. */
export function csdlOf(types: readonly EntityType[]): string {
  const sets = types.map(({ entitySet, name }) => `<EntitySet Name="${entitySet}" EntityType="${NAMESPACE}.${name}"/>`);
  const schema = [
    ...types.map(entityTypeOf),
    ...Object.keys(ENUMERATIONS).map(enumTypeOf),
    `<EntityContainer Name="Resources">${sets.join('')}</EntityContainer>`,
  ].join('\n');
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="${NAMESPACE}" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${schema}
</Schema></edmx:DataServices></edmx:Edmx>
`;
}

function entityTypeOf({ name, keys, properties }: EntityType): string {
  const key = `<Key>${keys.map((one) => `<PropertyRef Name="${one}"/>`).join('')}</Key>`;
  return `<EntityType Name="${name}">${key}${[...properties.values()].map(propertyOf).join('')}</EntityType>`;
}

function propertyOf(property: Property): string {
  const nullable = property.isMandatory ? ' Nullable="false"' : '';
  const length = property.maxLength === undefined ? '' : ` MaxLength="${property.maxLength}"`;
  return `<Property Name="${property.name}" Type="${typeNameOf(property)}"${nullable}${length}/>`;
}

function enumTypeOf(name: string): string {
  const members = (ENUMERATIONS[name] ?? []).map((member, value) => `<Member Name="${member}" Value="${value}"/>`);
  return `<EnumType Name="${name}">${members.join('')}</EnumType>`;
}
