import { describe, expect, it } from '@jest/globals';
import { entityOf } from '../../../domain/entities.ts';
import { columnsNote, neededColumns, unreadableReason } from '../../../domain/sync/columns.ts';
import { renderFields } from '../../../domain/sync/mapping.ts';
import { withStoredMembers } from '../../../domain/sync/record.ts';
import { account, TEST_SETTINGS } from '../../fixtures/accounts.ts';

const customers = entityOf({ settings: TEST_SETTINGS, externalIdTemplate: '{accountNumber}' }, 'customer');
const lacking = (...lacks: readonly string[]) => ({ ...customers, lacks });

describe('the columns that a sync needs', () => {
  it('are those of names, conditions, links and the mapping, and those of the key', () => {
    expect(neededColumns(customers)).toEqual(
      expect.arrayContaining(['dataAreaId', 'CustomerAccount', 'PartyType', 'PersonLastNamePrefix', 'AddressCity']),
    );
  });

  it.each([['dataAreaId'], ['CustomerAccount']])('make a reading impossible without %s', (column) => {
    expect(unreadableReason(lacking(column))).toContain(`no column ${column}`);
  });

  it('allow a reading as long as one column can give a name', () => {
    const names = customers.members.name.flatMap(({ join }) => join);
    expect(unreadableReason(lacking(...names.slice(1)))).toBeUndefined();
    expect(unreadableReason(lacking(...names))).toContain('no name');
  });

  it('are in no note when they are missing but not needed', () => {
    expect(columnsNote(lacking('NotNeeded'))).toBeUndefined();
    expect(columnsNote(lacking('AddressCity'))?.message).toContain('CustomersV3');
  });
});

describe('a value that F&O lacks', () => {
  it('is not desired, in a template either, but an empty value is', () => {
    const mapping = {
      fields: [
        { key: 'a', title: 'A', type: 'text' as const, source: { from: 'Missing' } },
        { key: 'b', title: 'B', type: 'text' as const, source: { template: '{key} {Missing}' } },
        { key: 'c', title: 'C', type: 'text' as const, source: { from: 'Empty' } },
      ],
      attributes: {},
      tags: [],
    };
    expect(renderFields(mapping, account('A1', { lacks: ['Missing'], values: { Empty: null } }))).toEqual({ c: null });
  });

  it('is replaced by that of an earlier reading, and only that', () => {
    const record = account('A1', { name: 'Ada Berg', party: null, unread: ['name', 'party'] });
    const stored = { name: 'Ada van Berg', party: 'P1', person: null, isInactive: true };
    expect(withStoredMembers(record, stored)).toMatchObject({ name: 'Ada van Berg', party: 'P1', isInactive: false });
    expect(withStoredMembers(record, undefined)).toBe(record);
  });
});
