import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { stop, toFailure } from '../../activities/failure.ts';
import { AlertNotDeliveredError } from '../../clients/alert-receiver.ts';
import { remoteError, type RemoteErrorFacts, type RemoteErrorKind } from '../../clients/errors.ts';
import { ConnectionStateError } from '../../store/connection/connections.ts';
import { GateClosedError } from '../../store/connection/rate-gates.ts';
import { SealError } from '../../store/connection/sealing.ts';

/**
 * Returns the failure of an attempt (default: the first) of a connection. `reached`: all systems have responded before.
 */
function failureOf(error: unknown, { attempt = 1, reached = true } = {}): ApplicationFailure {
  return toFailure(error, { attempt, step: 'readRecordsPage', reached: () => reached });
}

/** Returns the failure of a request to Zendesk of this kind. */
function remote(
  kind: RemoteErrorKind,
  at: Parameters<typeof failureOf>[1] = {},
  facts: Partial<RemoteErrorFacts> = {},
) {
  const error = remoteError({ system: 'zendesk', operation: 'show jobs', kind, detail: 'Contoso is secret', ...facts });
  return failureOf(error, at);
}

describe('the failure of a step whose request', () => {
  it.each([
    ['unauthorized', 'needs_reconnect'],
    ['forbidden', 'missing_privilege'],
    ['blocked', 'blocked_address'],
  ] as const)('is %s is not retried, with the code %s', (kind, type) => {
    expect(remote(kind)).toMatchObject({ type, nonRetryable: true });
  });

  it.each(['missing', 'refused', 'unexpected'] as const)('is %s is retried twice', (kind) => {
    expect(remote(kind, { attempt: 1 })).toMatchObject({ type: 'zendesk_unavailable', nonRetryable: false });
    expect(remote(kind, { attempt: 2 })).toMatchObject({ type: 'zendesk_unavailable', nonRetryable: false });
    expect(remote(kind, { attempt: 3 })).toMatchObject({ type: 'unexpected_answer', nonRetryable: true });
  });

  const transient = ['unreachable', 'unavailable', 'unsure', 'conflict'] as const;

  it.each(transient)('is %s is retried without a limit if the system has responded before', (kind) => {
    expect(remote(kind, { attempt: 1_000 })).toMatchObject({ type: 'zendesk_unavailable', nonRetryable: false });
  });

  it.each(transient)('is %s is not retried after four attempts if the system has never responded', (kind) => {
    const at = { reached: false };
    expect(remote(kind, { ...at, attempt: 3 })).toMatchObject({ type: 'zendesk_unavailable', nonRetryable: false });
    expect(remote(kind, { ...at, attempt: 4 })).toMatchObject({ type: 'unreachable', nonRetryable: true });
  });

  it('never had a response contains the advice to check the address', () => {
    const { message } = remote('unavailable', { reached: false, attempt: 4 });
    expect(message).toMatch(/check the address/i);
    expect(message).not.toBe(remote('unavailable').message);
  });

  it('failed depends on whether the same system has responded before', () => {
    const checked: string[] = [];
    const error = remoteError({ system: 'entra', operation: 'get a token', kind: 'unavailable', detail: '' });
    toFailure(error, { attempt: 1, reached: (system) => checked.push(system) > 0 });
    expect(checked).toEqual(['entra']);
  });

  it('is limited has the bucket and the time to wait', () => {
    expect(remote('limited', {}, { bucket: 'jobs', retryAfterMs: 1_500.2 })).toMatchObject({
      ...{ type: 'RateLimited', nonRetryable: true, category: 'BENIGN' },
      details: [{ system: 'zendesk', bucket: 'jobs', waitMs: 1_501 }],
    });
  });

  it('is limited without details has the bucket of the account and 30 seconds', () => {
    expect(remote('limited').details).toEqual([{ system: 'zendesk', bucket: 'account', waitMs: 30_000 }]);
  });

  it('failed contains system, status, code, operation, request id and advice, but not the message of the vendor', () => {
    const facts = { status: 422, code: 'RecordInvalid', requestId: 'req-7', advice: 'Do this.' };
    const { message } = remote('refused', {}, facts);
    for (const part of ['Zendesk', '422', 'RecordInvalid', 'show jobs', 'req-7', 'Do this.'])
      expect(message).toContain(part);
    expect(message).not.toContain('Contoso');
  });

  it('had no response contains that information', () => {
    expect(remote('unavailable').message).toContain('no answer');
    expect(remote('unavailable', {}, { code: 'ECONNRESET' }).message).not.toContain('no answer');
  });
});

describe('the failure of a step that', () => {
  it('found a closed rate gate has the time to wait', () => {
    const closed = new GateClosedError({ system: 'zendesk', bucket: 'incremental', waitMs: 41.5 });
    expect(failureOf(closed)).toMatchObject({
      ...{ type: 'RateLimited', nonRetryable: true, message: closed.message },
      details: [{ system: 'zendesk', bucket: 'incremental', waitMs: 42 }],
    });
  });

  it('threw an ApplicationFailure is that failure', () => {
    const failure = ApplicationFailure.retryable('mine', 'mine');
    expect(failureOf(failure)).toBe(failure);
  });

  it('could not deliver an alert is retried', () => {
    const error = new AlertNotDeliveredError('The receiver responded with 500.');
    expect(failureOf(error, { attempt: 99 })).toMatchObject({ type: 'alert_not_taken', nonRetryable: false });
  });

  it('found a connection that an operator must fix has the code of the connection state', () => {
    const error = new ConnectionStateError('needs_authorization', 'Authorize it.');
    expect(failureOf(error)).toMatchObject({
      ...{ type: 'needs_authorization', message: 'Authorize it.', nonRetryable: true },
    });
  });

  it('cannot decrypt secrets is not retried', () => {
    expect(failureOf(new SealError('Other keys.'))).toMatchObject({ type: 'keys_do_not_fit', nonRetryable: true });
  });

  it.each([
    ['data that PostgreSQL cannot store', coded('22P05'), '22P05'],
    ['a violated constraint', coded('23505'), '23505'],
    ['a TypeError', new TypeError('Contoso is undefined'), 'TypeError'],
    ['a RangeError', new RangeError('Contoso'), 'RangeError'],
    ['a URIError', new URIError('Contoso'), 'URIError'],
    ['a SyntaxError', new SyntaxError('Contoso'), 'SyntaxError'],
  ])('failed because of %s ends at the second attempt, without its message', (_what, error, name) => {
    const [first, second] = [failureOf(error), failureOf(error, { attempt: 2 })];
    expect(first).toMatchObject({ type: 'step_failed', nonRetryable: false });
    expect(second).toMatchObject({ type: 'internal_error', nonRetryable: true });
    for (const { message, stack } of [first, second]) {
      expect(message).toContain('"readRecordsPage"');
      expect(message).toContain(name);
      expect(`${message} ${stack ?? ''}`).not.toContain('Contoso');
    }
    expect(first.stack).toContain('failure.test.ts');
  });

  it.each([new Error('Contoso'), coded('XX000'), coded('P0001'), undefined, null, 'Contoso', { code: 7 }])(
    'failed because of %p, which nobody has classified, ends after about ten minutes',
    (error) => {
      expect(failureOf(error, { attempt: 15 })).toMatchObject({ type: 'step_failed', nonRetryable: false });
      const last = failureOf(error, { attempt: 16 });
      expect(last).toMatchObject({ type: 'internal_error', nonRetryable: true });
      expect(last.message).not.toContain('Contoso');
    },
  );

  it.each([
    ['database_unavailable', coded('08006')],
    ['database_unavailable', coded('57P01')],
    ['database_unavailable', coded('53300')],
    ['database_unavailable', coded('25006')],
    ['database_unavailable', coded('40P01')],
    ['database_unavailable', new Error('timeout exceeded when trying to connect')],
    ['database_unavailable', new Error('Connection terminated unexpectedly')],
    ['network_unavailable', coded('ECONNREFUSED')],
    ['network_unavailable', coded('EPIPE')],
    ['network_unavailable', coded('ENOTFOUND')],
    ['temporal_unavailable', Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} })],
  ])('waits with the code %s is retried without an end', (type, error) => {
    expect(failureOf(error, { attempt: 10_000 })).toMatchObject({ type, nonRetryable: false, nextRetryDelay: 5_000 });
    expect(failureOf(error, { attempt: 2 })).toMatchObject({ type, nonRetryable: false, nextRetryDelay: 2_000 });
  });
});

describe('a refusal that is not confirmed', () => {
  const refused = (kind: 'unauthorized' | 'forbidden') =>
    remoteError({ system: 'zendesk', operation: 'show users', kind, status: 401, detail: 'No.' });

  it.each(['unauthorized', 'forbidden'] as const)('(%s) is retried when the next attempt is due', (kind) => {
    const refusal = { isConfirmed: false, attempts: 1, waitMs: 59_500 } as const;
    const failure = toFailure(refused(kind), { attempt: 1, reached: () => true, refusal });
    expect(failure).toMatchObject({ type: 'refusal_unconfirmed', nonRetryable: false, nextRetryDelay: 59_500 });
    expect(failure.message).toContain('Ledgerdesk tries again in 60 s, because a single refusal may be temporary');
  });

  it('is a missing privilege in the end if the same credentials are accepted for other requests', () => {
    const refusal = { isConfirmed: true, worksElsewhere: true } as const;
    const failure = toFailure(refused('unauthorized'), { attempt: 1, reached: () => true, refusal });
    expect(failure).toMatchObject({ type: 'missing_privilege', nonRetryable: true });
  });
});

function coded(code: string): Error {
  return Object.assign(new Error('Key (name)=(Contoso) already exists'), { code });
}

describe('a failure that is not retried', () => {
  it('has the given code and message', () => {
    expect(stop('entity_shrank', 'Check it.')).toMatchObject({
      ...{ type: 'entity_shrank', message: 'Check it.', nonRetryable: true },
    });
  });
});
