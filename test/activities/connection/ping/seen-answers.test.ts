import { describe, expect, it } from '@jest/globals';
import { notChecked, watchAnswers, withAddress } from '../../../../activities/connection/ping/seen-answers.ts';
import { remoteError, type RemoteErrorFacts, type RemoteSystem } from '../../../../clients/errors.ts';
import type { PingCheck } from '../../../../domain/connection/ping-check.ts';

const callTo = (system: RemoteSystem) => ({ system, operation: 'look', buckets: [] });
const answer = (headers: Record<string, string> = {}) => ({ status: 200, headers });
const noAnswer = { status: null, headers: {} };
const error = (facts: Partial<RemoteErrorFacts> = {}) =>
  remoteError({ system: 'zendesk', operation: 'look', kind: 'unreachable', detail: 'no host of that name', ...facts });

describe('what the answers of a ping show', () => {
  it('is nothing before the first one', () => {
    const seen = watchAnswers();
    expect(seen.of('zendesk')).toEqual({ answered: false, failure: undefined, clockSkewMs: null });
    expect(seen.rate()).toBeNull();
  });

  it('is that a system has answered, for good, and no other', () => {
    const seen = watchAnswers();
    seen.observe(answer(), callTo('zendesk'));
    seen.observe(noAnswer, callTo('zendesk'));
    seen.observe(noAnswer, callTo('dynamics'));
    expect([seen.of('zendesk').answered, seen.of('dynamics').answered]).toEqual([true, false]);
  });

  it('is how far our clock is ahead, by the last answer with a date', () => {
    const seen = watchAnswers();
    const hourAgo = new Date(Date.now() - 3_600_000).toUTCString();
    seen.observe(answer({ date: hourAgo }), callTo('zendesk'));
    seen.observe(answer({ date: 'yesterday' }), callTo('zendesk'));
    seen.observe(answer(), callTo('zendesk'));
    expect(seen.of('zendesk').clockSkewMs).toBeGreaterThanOrEqual(3_600_000);
    expect(seen.of('dynamics').clockSkewMs).toBeNull();
  });

  it('is the last rate limit that Zendesk has shown', () => {
    const seen = watchAnswers();
    const headers = { 'ratelimit-limit': '700', 'ratelimit-remaining': '650' };
    seen.observe(answer(headers), callTo('zendesk'));
    seen.observe(answer(), callTo('zendesk'));
    seen.observe(answer({ 'ratelimit-limit': '5', 'ratelimit-remaining': '5' }), callTo('dynamics'));
    expect(seen.rate()).toMatchObject({ limit: 700, remaining: 650 });
  });

  it.each(['unreachable', 'unavailable', 'unsure', 'blocked'] as const)(
    'is why a system gives no answer when it is %s',
    (kind) => {
      const seen = watchAnswers();
      seen.fail(error({ kind }));
      expect(seen.of('zendesk').failure).toMatchObject({ kind });
    },
  );

  it('is no reason where an answer came, or where the request could not even be made', () => {
    const seen = watchAnswers();
    seen.fail(error({ kind: 'unavailable', status: 503 }));
    seen.fail(error({ kind: 'unexpected' }));
    expect(seen.of('zendesk').failure).toBeUndefined();
  });
});

describe('the check of an address', () => {
  const [failing, warning, foreign]: PingCheck[] = [
    { name: 'zendesk.token', system: 'zendesk', status: 'fail', detail: 'no answer', fix: 'Do this.' },
    { name: 'zendesk.scopes', system: 'zendesk', status: 'warn', detail: 'some', fix: '' },
    { name: 'dynamics.user', system: 'dynamics', status: 'fail', detail: 'no', fix: 'Do that.' },
  ] as const satisfies PingCheck[];
  const checks = [failing, warning, foreign];
  const notRequested = { status: 'warn', detail: 'Not requested.' } as const;

  /** Puts the check of Zendesk's address first, by what was seen. */
  function addressOf(seen: ReturnType<typeof watchAnswers>, origin = 'https://contoso.zendesk.com') {
    return withAddress(checks, { system: 'zendesk', origin, seen, notRequested });
  }

  it('is right when any answer came, and the other results stay', () => {
    const seen = watchAnswers();
    seen.fail(error());
    seen.observe(answer(), callTo('zendesk'));
    const [address, ...others] = addressOf(seen);
    expect(address).toMatchObject({ name: 'zendesk.address', system: 'zendesk', status: 'ok', fix: '' });
    expect(address?.detail).toContain('contoso.zendesk.com');
    expect(others).toEqual(checks);
  });

  it('says that an answer came without TLS', () => {
    const seen = watchAnswers();
    seen.observe(answer(), callTo('zendesk'));
    const [plain] = addressOf(seen, 'http://127.0.0.1:4');
    const [secure] = addressOf(seen, 'https://127.0.0.1:4');
    expect(plain?.detail).toContain('TLS');
    expect(secure?.detail).not.toContain('without');
  });

  it('has not been made when no request was', () => {
    const [address, ...others] = addressOf(watchAnswers());
    expect(address).toMatchObject({ ...notRequested, fix: '' });
    expect(others).toEqual(checks);
  });

  it('has failed when no answer came, and the other failures of that system say nothing then', () => {
    const seen = watchAnswers();
    seen.fail(error({ code: 'ENOTFOUND' }));
    const [address, token, scopes, user] = addressOf(seen);
    expect(address?.status).toBe('fail');
    for (const part of ['contoso.zendesk.com', 'ENOTFOUND', 'no host of that name'])
      expect(address?.detail).toContain(part);
    expect(token).toEqual({ ...failing, ...notChecked('zendesk.address') });
    expect([scopes, user]).toEqual([warning, foreign]);
  });

  it('says what to do about a host that Ledgerdesk does not call', () => {
    const seen = watchAnswers();
    seen.fail(error({ kind: 'blocked', advice: 'Allow it.' }));
    expect(addressOf(seen)[0]).toMatchObject({ status: 'fail', fix: 'Allow it.' });
    seen.fail(error({ kind: 'unavailable', advice: 'Wait.' }));
    expect(addressOf(seen)[0]?.fix).not.toBe('Wait.');
  });
});
