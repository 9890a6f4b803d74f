import { describe, expect, it } from '@jest/globals';
import { MAX_NAME_LENGTH, nameKey, plainName, shortened } from '../../../domain/sync/record-name.ts';
import { account } from '../../fixtures/accounts.ts';

describe('the plain name of a record', () => {
  it('is its name in the ERP', () => {
    expect(plainName(account('US-001', { name: 'Contoso' }))).toBe('Contoso');
  });

  it('is its key where the ERP has no name', () => {
    expect(plainName(account('US-001', { name: '' }))).toBe('US-001');
  });

  it('is cut to the length that Zendesk takes', () => {
    expect(plainName(account('US-001', { name: 'x'.repeat(300) }))).toBe('x'.repeat(MAX_NAME_LENGTH));
  });
});

describe('names', () => {
  it('are compared as Zendesk compares them: trimmed and without regard to case', () => {
    expect(nameKey(' Contoso ')).toBe(nameKey('CONTOSO'));
    expect(nameKey('Contoso')).not.toBe(nameKey('Con toso'));
  });
});

describe('a shortened text', () => {
  it.each([
    ['Contoso', 7, 'Contoso'],
    ['Contoso', 6, 'Contos'],
    [' Contoso ', 9, 'Contoso'],
    ['Contoso Ltd', 8, 'Contoso'],
    ['ab👨‍👩‍👧', 4, 'ab'],
    ['é'.repeat(3), 2, 'éé'],
  ])('of %j in %i units is %j', (text, length, expected) => {
    expect(shortened(text, length)).toBe(expected);
  });
});
