import { describe, expect, it } from '@jest/globals';
import {
  describeScope,
  EVERY,
  hasAnyGo,
  isCovered,
  noGo,
  WHOLE_CONNECTION,
  type GoScope,
} from '../../../domain/connection/go.ts';

const scope = (legalEntity: string, kind: string): GoScope => ({ legalEntity, kind });
const CUSTOMERS = scope('usmf', 'customer');

describe('a go', () => {
  it.each([
    ['the whole connection', WHOLE_CONNECTION, true],
    ['the legal entity', scope('usmf', EVERY), true],
    ['the kind', scope(EVERY, 'customer'), true],
    ['the legal entity and kind', CUSTOMERS, true],
    ['another legal entity', scope('frrt', EVERY), false],
    ['another kind', scope(EVERY, 'vendor'), false],
    ['another kind of the legal entity', scope('usmf', 'vendor'), false],
  ])('for %s decides whether customers of usmf may be written', (_name, go, expected) => {
    expect(isCovered([go], CUSTOMERS)).toBe(expected);
  });

  it('for all parts one by one does not cover the whole connection', () => {
    expect(isCovered([scope('usmf', EVERY), scope(EVERY, 'customer')], WHOLE_CONNECTION)).toBe(false);
    expect(isCovered([WHOLE_CONNECTION], WHOLE_CONNECTION)).toBe(true);
  });

  it('lets a run begin if anything that the run covers may be written', () => {
    expect(hasAnyGo([])).toBe(false);
    expect(hasAnyGo([CUSTOMERS])).toBe(true);
    expect(hasAnyGo([CUSTOMERS], 'usmf')).toBe(true);
    expect(hasAnyGo([CUSTOMERS], 'frrt')).toBe(false);
    expect(hasAnyGo([scope(EVERY, 'customer')], 'frrt')).toBe(true);
  });

  it('that is missing is explained with the commands that give it', () => {
    const { code, message } = noGo('contoso');
    expect(code).toBe('no_go');
    for (const command of ['ledgerdesk sync contoso`', 'ledgerdesk preview contoso`', 'ledgerdesk approve PLAN'])
      expect(message).toContain(command);
    expect(noGo('contoso', 'usmf').message).toContain('ledgerdesk sync contoso --legal-entity usmf`');
  });

  it('is described in words', () => {
    expect([WHOLE_CONNECTION, scope('usmf', EVERY), scope(EVERY, 'vendor'), CUSTOMERS].map(describeScope)).toEqual([
      'the whole connection',
      'usmf, all kinds',
      'all legal entities, kind vendor',
      'usmf, kind customer',
    ]);
  });
});
