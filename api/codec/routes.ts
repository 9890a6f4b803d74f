import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, type Router } from 'express';
import type { PayloadEncryption } from '../../runtime/temporal/payload-encryption.ts';
import type { Secret } from '../../runtime/config/secret.ts';
import type { Store } from '../../store/store.ts';
import { requireBearer, requireScope } from '../admin/bearer.ts';
import { respondMethodNotAllowed } from '../error-handling.ts';
import type { FailureLimit } from '../failure-limit.ts';
import { respondRefused } from '../ingress/respond-refused.ts';
import { allowOrigins } from './allow-origins.ts';
import { createConversion } from './convert.ts';

/** The dependencies of the codec endpoint. */
export interface CodecDeps {
  readonly services: { readonly store: Pick<Store, 'tokens'>; readonly payloads: PayloadEncryption };
  readonly token: Secret;
  /** Counts requests with neither a valid token nor the capability. */
  readonly failures: FailureLimit;
  /** Origins of the Temporal Web UI. */
  readonly uiOrigins: readonly string[];
}

/**
 * Creates the codec endpoint, at which Temporal's tools decode payloads. Mount it under `/codec`. `/codec/decode` needs
 * a token with the scope admin (`--codec-auth` of the Temporal CLI). A Web UI without log-in has no token to send, so
 * it uses a secret URL: `/codec/{capability}/decode`. The body is read only after this check.
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
      .all(respondMethodNotAllowed(['POST', 'OPTIONS']));
    router
      .route(`/:capability/${direction}`)
      .post(capability, convert)
      .all(respondMethodNotAllowed(['POST', 'OPTIONS']));
  }
  return router;
}

/** Digests are compared, so that the response time reveals nothing about the capability. */
function requireCapability(capability: Secret, failures: FailureLimit): RequestHandler {
  const expected = digest(capability.reveal());
  return async (request, response, next) => {
    if (timingSafeEqual(digest(String(request.params['capability'])), expected)) next();
    else if (!(await failures.isExceeded(request, response))) respondRefused(response);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
