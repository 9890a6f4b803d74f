import { describe, expect, it } from '@jest/globals';
import { supportLoadOf, type SupportLoad } from '../../../domain/support/support-load.ts';
import { rulesOf, supportStatusOf } from '../../../domain/support/support-status.ts';

const QUIET = supportLoadOf([]);
const load = (counts: Partial<SupportLoad>): SupportLoad => ({ ...QUIET, ...counts });

describe('the status of an account', () => {
  const status = (counts: Partial<SupportLoad>, settings = {}) => supportStatusOf(load(counts), rulesOf(settings));

  it.each([
    [{}, 'quiet'],
    [{ satisfaction: { good: 0, bad: 9 } }, 'quiet'],
    [{ open: 1 }, 'active'],
    [{ open: 9 }, 'active'],
    [{ pending: 40 }, 'active'],
    [{ onHold: 1 }, 'active'],
    [{ open: 1, urgent: 1 }, 'escalated'],
    [{ open: 10 }, 'escalated'],
  ] as const)('of %j is %s', (counts, expected) => {
    expect(status(counts)).toBe(expected);
  });

  it('follows the rules of the connection, each replaced as a whole', () => {
    const settings = { escalated: { contactsWithOpen: 3 } };
    expect(status({ open: 50, urgent: 5, contactsWithOpen: 2 }, settings)).toBe('active');
    expect(status({ contactsWithOpen: 3 }, settings)).toBe('escalated');
    expect(status({ pending: 1 }, { active: { open: 2 } })).toBe('quiet');
    expect(status({ open: 2 }, { active: { open: 2 } })).toBe('active');
  });

  it('falls back to the usual rules where a setting is null, and never holds by an empty rule', () => {
    expect(status({ urgent: 1, open: 1 }, { escalated: null })).toBe('escalated');
    expect(status({ urgent: 1, open: 50 }, { escalated: {}, active: {} })).toBe('quiet');
  });
});
