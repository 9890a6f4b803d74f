import { describe, expect, it } from '@jest/globals';
import { decideSettings } from '../../api/admin/settings-change.ts';
import { WHOLE_CONNECTION } from '../../domain/connection/go.ts';
import { DEFAULT_REVIEW } from '../../domain/connection/review-settings.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';

const SETTINGS = { ...TEST_SETTINGS, review: DEFAULT_REVIEW };
const BEFORE = { settings: SETTINGS, externalIdTemplate: '{accountNumber}' } as Connection;
const WANTED = {
  settings: { ...SETTINGS, zendesk: { ...SETTINGS.zendesk, share: 0.5 } },
  externalIdTemplate: '{kind}:{accountNumber}',
};

describe('the settings of an applied file', () => {
  it('wait after the go, as far as they need approval', () => {
    const now = { ...WANTED, externalIdTemplate: '{accountNumber}' };
    expect(decideSettings(WANTED, BEFORE, [WHOLE_CONNECTION])).toEqual({ now, proposed: WANTED });
    expect(decideSettings(now, BEFORE, [WHOLE_CONNECTION])).toEqual({ now, proposed: undefined });
  });

  it('wait after the go for a part of the connection, too', () => {
    expect(decideSettings(WANTED, BEFORE, [{ legalEntity: 'usmf', kind: 'vendor' }]).proposed).toEqual(WANTED);
  });

  it('all act at once before the go, for a new connection, and without a review of changes', () => {
    const atOnce = { now: WANTED, proposed: undefined };
    expect(decideSettings(WANTED, BEFORE, [])).toEqual(atOnce);
    expect(decideSettings(WANTED, undefined, [WHOLE_CONNECTION])).toEqual(atOnce);
    const review = { ...DEFAULT_REVIEW, changes: 'off' as const };
    const free = { ...WANTED, settings: { ...WANTED.settings, review } };
    expect(decideSettings(free, BEFORE, [WHOLE_CONNECTION])).toEqual({ now: free, proposed: undefined });
  });
});
