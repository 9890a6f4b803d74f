import { describe, expect, it } from '@jest/globals';
import { organizationsWire } from '../../../clients/zendesk/organization-wire.ts';
import { usersWire } from '../../../clients/zendesk/user-wire.ts';

const ORGANIZATION = { id: 1, name: 'Contoso', external_id: 'usmf:A1', updated_at: '2026-01-01T00:00:00Z' };
const USER = { id: 1, name: 'Ann', external_id: 'usmf:C1', role: 'end-user', active: true, email: 'ann@x.example' };

describe('a list of organizations', () => {
  it.each([
    ['has no name', { name: null }, 'name'],
    ['has a list of custom fields', { organization_fields: [] }, 'organization_fields'],
    ['has an object as external id', { external_id: {} }, 'external_id'],
    ['has numbers as tags, and no time', { tags: [1], updated_at: 'soon' }, 'tags, updated_at'],
  ])('reads the neighbours of one that %s, and of it only the ids', (_, change, defect) => {
    const [first, second, third] = organizationsWire.parse([
      ORGANIZATION,
      { ...ORGANIZATION, id: 2, ...change },
      { ...ORGANIZATION, id: 3 },
    ]);
    expect([first, third]).toMatchObject([
      { id: '1', name: 'Contoso' },
      { id: '3', name: 'Contoso' },
    ]);
    const externalId = 'external_id' in change ? null : 'usmf:A1';
    expect(second).toMatchObject({ id: '2', externalId, defect, name: '', deleted: false });
    expect([first?.defect, third?.defect]).toEqual([undefined, undefined]);
  });

  it('reads an external id that is a number, and no custom fields at all', () => {
    const [read] = organizationsWire.parse([{ ...ORGANIZATION, external_id: 17, organization_fields: undefined }]);
    expect(read).toMatchObject({ externalId: '17', fields: {} });
    expect(read?.defect).toBeUndefined();
  });

  it('is rejected if an item has no id, or if none of many has the form of an organization', () => {
    expect(organizationsWire.safeParse([ORGANIZATION, { name: 'No id' }]).success).toBe(false);
    const many = Array.from({ length: 11 }, (_, id) => ({ id, title: 'A ticket' }));
    expect(organizationsWire.safeParse(many).success).toBe(false);
    expect(organizationsWire.safeParse(many.slice(1)).success).toBe(true);
  });
});

describe('a list of users', () => {
  it.each([
    ['has no name', { name: null }, 'name'],
    ['has a list of custom fields', { user_fields: ['x'] }, 'user_fields'],
    ['has a number as email', { email: 5 }, 'email'],
  ])('reads the neighbours of one that %s, and of it only what identifies it', (_, change, defect) => {
    const users = usersWire.parse([{ ...USER, id: 2, ...change }, USER]);
    expect(users).toMatchObject([
      { id: '2', externalId: 'usmf:C1', role: 'end-user', isActive: true, defect },
      { id: '1', name: 'Ann' },
    ]);
  });

  it('takes one with an unknown role for staff', () => {
    expect(usersWire.parse([{ ...USER, name: null, role: 7 }, USER])[0]).toMatchObject({ role: 'agent' });
  });
});
