import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rowSourceOf } from '../../../clients/dynamics/rows.ts';
import { knownEntities } from '../../../domain/entities.ts';
import { TEST_SETTINGS } from '../../fixtures/accounts.ts';

interface EntitySet {
  readonly key: readonly string[];
  readonly members: Readonly<Record<string, string>>;
}

const { entitySets } = JSON.parse(
  readFileSync(new URL('../../reference/dynamics-members.json', import.meta.url), 'utf8'),
) as { readonly entitySets: Readonly<Record<string, EntitySet>> };

function entitiesWith(contacts: string) {
  const { dynamics } = TEST_SETTINGS;
  const settings = {
    ...TEST_SETTINGS,
    dynamics: { ...dynamics, entitySets: { ...dynamics.entitySets, contacts } },
  };
  return knownEntities({ settings, externalIdTemplate: '{legalEntity}:{accountNumber}' });
}

/** A value of each type, as F&O returns it. */
const VALUES: Readonly<Record<string, unknown>> = {
  'Edm.String': 'text',
  'Edm.Int32': 7,
  'Edm.Decimal': 12.5,
  'Edm.DateTimeOffset': '2026-11-30T12:00:00Z',
};

const ENTITIES = [...entitiesWith('ContactPersons'), ...entitiesWith('CDSContactPersonsV2').slice(-1)];

describe.each(ENTITIES.map((spec) => [`${spec.kind}s of ${spec.entitySet}`, spec] as const))('%s', (_title, spec) => {
  const described = entitySets[spec.entitySet];
  if (described === undefined)
    throw new Error(`test/reference/dynamics-members.json does not contain ${spec.entitySet}.`);
  const source = rowSourceOf(spec);

  it('select only properties of the entity set', () => {
    expect(Object.keys(described.members)).toEqual(expect.arrayContaining([...source.columns]));
  });

  it('are ordered by the whole key, since pages by offset would otherwise repeat and miss rows', () => {
    expect([...spec.order].sort()).toEqual([...described.key].sort());
    expect(described.key).toContain('dataAreaId');
    expect(Object.keys(described.members)).toContain(spec.key);
  });

  it('are read with values of any type', () => {
    const row = Object.fromEntries(
      Object.entries(described.members).map(([name, type]) => [name, VALUES[type] ?? 'No']),
    );
    expect(source.page.safeParse({ value: [row] }).error).toBeUndefined();
    for (const name of source.columns.filter((column) => column !== 'dataAreaId' && column !== spec.key))
      for (const value of [null, '', 'text', 12.5, true])
        expect(source.page.safeParse({ value: [{ ...row, [name]: value }] }).error).toBeUndefined();
  });
});
