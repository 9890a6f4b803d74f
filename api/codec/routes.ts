import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, type Router } from 'express';
import type { PayloadEncryption } from '../../runtime/temporal/payload-encryption.ts';
import type { Secret } from '../../runtime/config/secret.ts';
import type { Store } from '../../store/store.ts';
import { requireBearer, requireScope } from '../admin/bearer.ts';
import { answerWrongMethod } from '../answer-errors.ts';
import type { FailureLimit } from '../failure-limit.ts';
import { answerRefused } from '../ingress/refused.ts';
import { allowOrigins } from './allow-origins.ts';
import { createConversion } from './convert.ts';

/** What the codec endpoint works with. */
export interface CodecDeps {
  readonly services: { readonly store: Pick<Store, 'tokens'>; readonly payloads: PayloadEncryption };
  readonly token: Secret;
  /** Counts whoever has neither a token nor the capability. */
  readonly failures: FailureLimit;
  /** Origins of the Web UI. */
  readonly uiOrigins: readonly string[];
}

/**
 * The codec endpoint, to be mounted under `/codec`: Temporal's tools have payloads decoded here. `/codec/decode` asks for a
 * token of the scope admin (the CLI's `--codec-auth`); a Web UI without log-in has none to send, so its address is the
 * capability: `/codec/{capability}/decode`. Nothing is read of a request before it is let in.
 */
export function createCodecRoutes({ services, token, uiOrigins, failures }: CodecDeps): Router {
  const { payloads, store } = services;
  const router = express.Router({ caseSensitive: true, strict: true });
  const bearer = [requireBearer({ token, failures, tokens: store.tokens }), requireScope('admin')];
  const capability = requireCapability(payloads.capability, failures);
  router.use(allowOrigins(uiOrigins));
  for (const direction of ['encode', 'decode'] as const) {
    const convert = createConversion(payloads.codec, direction);
    router
      .route(`/${direction}`)
      .post(...bearer, convert)
      .all(answerWrongMethod(['POST', 'OPTIONS']));
    router
      .route(`/:capability/${direction}`)
      .post(capability, convert)
      .all(answerWrongMethod(['POST', 'OPTIONS']));
  }
  return router;
}

/** Digests are compared, so the time taken tells nothing of the capability. */
function requireCapability(capability: Secret, failures: FailureLimit): RequestHandler {
  const expected = digest(capability.reveal());
  return async (request, response, next) => {
    if (timingSafeEqual(digest(String(request.params['capability'])), expected)) next();
    else if (!(await failures.isExceeded(request, response))) answerRefused(response);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
