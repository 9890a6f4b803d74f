import { describe, expect, it } from '@jest/globals';
import { attemptText, planAccount, type PlanInput } from '../../../domain/accounts/plan-account.ts';

const NEW: PlanInput = {
  desiredHash: 'want',
  tag: 'erp_customer',
  linkedId: null,
  adoptId: null,
  known: null,
  writtenHash: null,
  refusedHash: null,
};
const SEEN = { id: '7', formHash: 'want', ownTags: ['erp_customer'] };

describe('planning an account', () => {
  it('creates what is nowhere', () => {
    expect(planAccount(NEW)).toEqual({ operation: 'create' });
  });

  it('adopts what settling chose', () => {
    expect(planAccount({ ...NEW, adoptId: '7' })).toEqual({ operation: 'adopt', id: '7' });
  });

  it('calls nobody for an organization that is as it should be', () => {
    expect(planAccount({ ...NEW, linkedId: '7', known: SEEN })).toEqual({ outcome: 'unchanged', id: '7' });
    expect(planAccount({ ...NEW, linkedId: '7', writtenHash: 'want' })).toEqual({ outcome: 'unchanged', id: '7' });
  });

  it('links an organization that carries our external id, and updates it only when it differs', () => {
    expect(planAccount({ ...NEW, known: SEEN })).toEqual({ outcome: 'unchanged', id: '7' });
    expect(planAccount({ ...NEW, known: { ...SEEN, formHash: 'other' } })).toEqual({ operation: 'update', id: '7' });
  });

  it('updates an organization that somebody has changed, or that lost our tag', () => {
    const linked = { ...NEW, linkedId: '7', writtenHash: 'want' };
    expect(planAccount({ ...linked, known: { ...SEEN, formHash: 'edited' } })).toEqual({
      operation: 'update',
      id: '7',
    });
    expect(planAccount({ ...linked, known: { ...SEEN, ownTags: [] } })).toEqual({ operation: 'update', id: '7' });
  });

  it('does not ask Zendesk again for what it refused, until either side has changed', () => {
    const refusedHash = attemptText({ desiredHash: 'want', known: null });
    expect(planAccount({ ...NEW, refusedHash })).toEqual({ outcome: 'rejected', again: 'zendesk_refused' });
    expect(planAccount({ ...NEW, refusedHash, desiredHash: 'other' })).toEqual({ operation: 'create' });
    expect(planAccount({ ...NEW, refusedHash, known: { ...SEEN, formHash: 'x' } })).toEqual({
      operation: 'update',
      id: '7',
    });
  });
});
