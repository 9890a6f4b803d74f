import { describe, expect, it } from '@jest/globals';
import { mergeChanges } from '../../../activities/sync/merge-changes.ts';
import { MAPPED, shownOrganization, shownUser } from '../../store/kit.ts';

const [EARLY, LATE] = [new Date(1_000), new Date(2_000)];
const keyOf = (key: string) => ({ legalEntity: 'usmf', kind: 'customer', key });

describe('merging the changes of several rows', () => {
  it('keeps all outcomes and transitions, in order', () => {
    const merged = mergeChanges([
      { outcomes: [{ ...keyOf('A1'), outcome: 'created' }] },
      { transitions: [{ ...keyOf('A2'), state: 'planned' }] },
      { outcomes: [{ ...keyOf('A3'), outcome: 'updated' }], transitions: [{ ...keyOf('A4'), state: 'refused' }] },
    ]);
    expect(merged.outcomes?.map(({ key }) => key)).toEqual(['A1', 'A3']);
    expect(merged.transitions?.map(({ key }) => key)).toEqual(['A2', 'A4']);
  });

  it('keeps all shown items, with the time of the first request', () => {
    const mapped = MAPPED.organization;
    const { organizations } = mergeChanges([
      { organizations: { seen: { items: [shownOrganization('71')], askedAt: EARLY, mapped } } },
      { organizations: { gone: { ids: ['73'], askedAt: EARLY } } },
      {
        organizations: {
          ...{ seen: { items: [shownOrganization('72')], askedAt: LATE, mapped } },
          ...{ gone: { ids: ['74'], askedAt: LATE } },
        },
      },
    ]);
    expect(organizations?.seen).toMatchObject({ askedAt: EARLY, items: [{ id: '71' }, { id: '72' }] });
    expect(organizations?.gone).toEqual({ askedAt: EARLY, ids: ['73', '74'] });
  });

  it('keeps written and unlinked items', () => {
    const organization = { id: '71', written: {}, writtenAt: null, ownTags: [], isShown: false };
    const merged = mergeChanges([
      { organizations: { written: [organization] }, users: { written: [{ id: '81', isStaff: false }] } },
      { users: { written: [{ id: '82', isStaff: true }], unlinked: ['83'] } },
      { users: { unlinked: ['84'] } },
    ]);
    expect(merged.organizations?.written).toEqual([organization]);
    expect(merged.users?.written?.map(({ id }) => id)).toEqual(['81', '82']);
    expect(merged.users?.unlinked).toEqual(['83', '84']);
  });

  it('has no reading if there was none, since an empty reading would be recorded as a new one', () => {
    const { organizations, users } = mergeChanges([{}, { outcomes: [] }]);
    expect(organizations).toEqual({ written: [] });
    expect(users).toEqual({ written: [], unlinked: [] });
  });

  it('separates organizations from users', () => {
    const seen = { items: [shownUser('81')], askedAt: EARLY, mapped: MAPPED.user };
    const { organizations, users } = mergeChanges([{ users: { seen } }]);
    expect(organizations?.seen).toBeUndefined();
    expect(users?.seen).toEqual(seen);
  });
});
