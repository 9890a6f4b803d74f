import { describe, expect, it } from '@jest/globals';
import type { ConnectionSettings } from '../../../domain/connection/connection.ts';
import {
  REVIEWED_SETTINGS,
  reviewedDifferences,
  splitChange,
  withReviewed,
  type Configured,
} from '../../../domain/connection/reviewed-settings.ts';
import { DEFAULT_REVIEW } from '../../../domain/connection/review-settings.ts';
import { TEST_SETTINGS } from '../../fixtures/accounts.ts';

type Change = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const ACTIVE: Configured<ConnectionSettings> = { settings: TEST_SETTINGS, externalIdTemplate: '{accountNumber}' };

/** Returns the active settings with other members in some sections. */
function changed(change: Change, externalIdTemplate = ACTIVE.externalIdTemplate): Configured<ConnectionSettings> {
  const sections = Object.entries(change).map(([name, members]) => {
    const section = (TEST_SETTINGS as unknown as Record<string, object | undefined>)[name];
    return [name, { ...section, ...members }];
  });
  const settings = { ...TEST_SETTINGS, ...(Object.fromEntries(sections) as object) };
  return { settings, externalIdTemplate };
}

const TARGET = { entitySet: 'CustomersV3', field: 'SalesMemo', mode: 'block' };
const OFF = {
  sync: { customers: false, vendors: false, contacts: false, adopt: 'never' },
  annotation: { customers: false, vendors: false },
};

describe('a change of settings', () => {
  it.each<[string, Change]>([
    ['dynamics.legalEntities', { dynamics: { legalEntities: ['usmf', 'zz'] } }],
    [
      'dynamics.entitySets.customers',
      { dynamics: { entitySets: { ...TEST_SETTINGS.dynamics.entitySets, customers: 'MyCustomers' } } },
    ],
    ['sync.contactExternalId', { sync: { contactExternalId: '{contactId}' } }],
    ['sync.sharedMailbox', { sync: { sharedMailbox: 'reject' } }],
    ['sync.secondaryEmailVerified', { sync: { secondaryEmailVerified: true } }],
    ['annotation.customers.field', { annotation: { customers: { ...TARGET, field: 'AbcMemo' } } }],
    ['annotation.customers.entitySet', { annotation: { customers: { ...TARGET, entitySet: 'AbcCustomers' } } }],
    ['annotation.customers.mode', { annotation: { customers: { ...TARGET, mode: 'replace' } } }],
    ['annotation.customers.fields', { annotation: { customers: { ...TARGET, fields: { status: 'AbcStatus' } } } }],
    ['support.since', { support: { since: '2026-01-31' } }],
    ['mapping', { mapping: { customer: { name: '{name}' } } }],
  ])('of %s waits for approval', (path, change) => {
    const wanted = changed(change);
    expect(splitChange(ACTIVE, wanted)).toEqual({ now: ACTIVE, waiting: [path] });
    expect(reviewedDifferences(ACTIVE, wanted)).toEqual([path]);
  });

  it('of the template of external ids waits for approval', () => {
    const wanted = changed({}, '{legalEntity}:{accountNumber}');
    expect(splitChange(ACTIVE, wanted)).toEqual({ now: ACTIVE, waiting: ['sync.externalId'] });
  });

  it.each<[string, Change]>([
    ['durations', { sync: { everyMs: 60_000, reconcileEveryMs: 60_000 } }],
    ['the share of the rate limit', { zendesk: { share: 0.5 } }],
    ['events', { dynamics: { events: { Abc: { record: 'customer', legalEntity: 'a', key: 'b' } } } }],
    [
      'addresses',
      { dynamics: { environmentUrl: 'https://other.operations.dynamics.com' }, zendesk: { subdomain: 'o' } },
    ],
    [
      'credentials',
      { dynamics: { clientId: 'c', certificateThumbprintSha256: 'ab' }, zendesk: { oauthClientId: 'x' } },
    ],
    ['review', { review: { ...DEFAULT_REVIEW, every: 'ask' } }],
    ['the rules of the status', { annotation: { status: { active: { open: 1 } } } }],
    ['switching off', OFF],
  ])('of %s acts at once', (_name, change) => {
    const wanted = changed(change);
    expect(splitChange(ACTIVE, wanted)).toEqual({ now: wanted, waiting: [] });
  });

  it('waits when it switches on again what was off', () => {
    const off = changed(OFF);
    const { now, waiting } = splitChange(off, ACTIVE);
    expect(now).toEqual(off);
    expect(waiting).toEqual([
      ...['sync.customers', 'sync.vendors', 'sync.adopt'],
      ...['annotation.customers', 'annotation.vendors'],
    ]);
  });

  it('is split: what needs no approval acts at once, and the rest waits', () => {
    const wanted = changed({ sync: { everyMs: 60_000, sharedMailbox: 'reject', vendors: false } }, '{kind}');
    const { now, waiting } = splitChange(ACTIVE, wanted);
    expect(now).toEqual(changed({ sync: { everyMs: 60_000, vendors: false } }));
    expect(waiting).toEqual(['sync.externalId', 'sync.sharedMailbox']);
    expect(withReviewed(now, wanted)).toEqual(wanted);
  });

  it('of nothing but the order of members is none', () => {
    const { entitySets, ...dynamics } = TEST_SETTINGS.dynamics;
    const turned = Object.fromEntries(Object.entries(entitySets).reverse());
    const same = { ...ACTIVE, settings: { ...TEST_SETTINGS, dynamics: { entitySets: turned, ...dynamics } } };
    expect(reviewedDifferences<object>(ACTIVE, same)).toEqual([]);
  });

  it('keeps settings that needed no approval when a revision takes effect later', () => {
    const proposed = changed({ sync: { sharedMailbox: 'reject' } });
    const active = changed({ sync: { everyMs: 60_000 }, zendesk: { share: 0.9 } });
    expect(withReviewed(active, proposed)).toEqual(
      changed({ sync: { everyMs: 60_000, sharedMailbox: 'reject' }, zendesk: { share: 0.9 } }),
    );
  });

  it('names each setting once', () => {
    const paths = REVIEWED_SETTINGS.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths)
      expect(paths.filter((other) => other !== path && other.startsWith(`${path}.`))).toEqual([]);
  });
});
