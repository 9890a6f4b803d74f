import { describe, expect, it } from '@jest/globals';
import { unavailableReason } from '../../api/unavailable.ts';
import { remoteError, type RemoteSystem } from '../../clients/errors.ts';

describe('the reason of an outage', () => {
  it.each<[RemoteSystem, string]>([
    ['zendesk', 'ENOTFOUND'],
    ['dynamics', 'ECONNREFUSED'],
    ['entra', 'ETIMEDOUT'],
  ])('is not the database when %s cannot be reached (%s)', (system, code) => {
    const error = remoteError({ system, operation: 'read', kind: 'unreachable', code, detail: 'it is not there.' });
    expect(unavailableReason(error)).toBeUndefined();
  });

  it('is the database for the errors of its driver', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(unavailableReason(refused)).toContain('The database does not respond');
    expect(unavailableReason(new AggregateError([refused], 'all'))).toBeUndefined();
    expect(unavailableReason(Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }))).toContain(
      'database',
    );
  });

  it.each([
    ['25006', /read-only.*continues by itself/],
    ['55P03', /A table of the database is locked/],
    ['53100', /disk of the database is full/],
    ['57P03', /does not respond/],
  ])('says what is wrong with a database that answers with %s', (code, sentence) => {
    expect(unavailableReason(Object.assign(new Error('no'), { code }))).toMatch(sentence);
  });
});
