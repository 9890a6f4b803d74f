import type { ApplicationFailure } from '@temporalio/common';
import { toFailure } from '../../activities/failure.ts';
import { remoteError, type RemoteErrorKind } from '../../clients/errors.ts';
import { GateClosedError } from '../../store/connection/rate-gates.ts';

/** Returns the failure of a step that meets a rate limit, by default the one of the whole Zendesk account. */
export function rateLimit(waitMs: number, system = 'zendesk', bucket = 'account'): ApplicationFailure {
  return toFailure(new GateClosedError({ system, bucket, waitMs }), { attempt: 1, reached: () => true });
}

/** Returns the failure of a step whose request to Zendesk failed in this way. */
export function requestFailure(kind: RemoteErrorKind): ApplicationFailure {
  const error = remoteError({ system: 'zendesk', operation: 'show jobs', kind, detail: '' });
  return toFailure(error, { attempt: 1, reached: () => true });
}
