import { describe, expect, it } from '@jest/globals';
import {
  credentialOf,
  decideRefusal,
  provesCredential,
  REFUSAL_WAITS,
  TOKEN_REQUESTS,
} from '../../../domain/connection/refusal.ts';

const decide = (attempts: number, leftMs: number, hasWorked = true) =>
  decideRefusal({ attempts, leftMs, hasWorked }, REFUSAL_WAITS);

describe('a refusal', () => {
  it('is confirmed by two more attempts, after one minute and after three further minutes', () => {
    expect(decide(0, 0)).toEqual({ attempts: 1, waitMs: 60_000 });
    expect(decide(1, 0)).toEqual({ attempts: 2, waitMs: 180_000 });
    expect(decide(2, 0)).toEqual({ attempts: 3, waitMs: null });
  });

  it('is the same one before the next attempt is due, so that several workers do not confirm it at once', () => {
    expect(decide(1, 59_000)).toEqual({ attempts: 1, waitMs: 59_000 });
    expect(decide(2, 1)).toEqual({ attempts: 2, waitMs: 1 });
  });

  it('stays confirmed', () => {
    expect(decide(3, -5)).toEqual({ attempts: 3, waitMs: null });
  });

  it('needs no confirmation for a credential that has not worked since it was applied', () => {
    expect(decide(0, 0, false)).toEqual({ attempts: 3, waitMs: null });
  });
});

describe('a request', () => {
  it('uses the grant if it goes to the token endpoint of Zendesk', () => {
    const of = (system: 'entra' | 'zendesk', operation: string) => credentialOf({ system, operation });
    expect(of('zendesk', TOKEN_REQUESTS.refresh)).toBe('zendesk-grant');
    expect(of('zendesk', 'show users')).toBe('zendesk');
    expect(of('entra', TOKEN_REQUESTS.ofClient)).toBe('entra');
  });

  it('proves nothing if Zendesk answers it to anybody', () => {
    expect(provesCredential({ system: 'zendesk', operation: 'read the current user' })).toBe(false);
    expect(provesCredential({ system: 'zendesk', operation: 'show users' })).toBe(true);
  });
});
