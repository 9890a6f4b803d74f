import express, { type Express } from 'express';
import type { Log } from '../runtime/log/log.ts';
import type { Secret } from '../runtime/config/secret.ts';
import type { AdminDeps } from './admin/admin-deps.ts';
import type { IngressDeps } from './ingress/accept-event.ts';
import { createAdminRoutes } from './admin/routes.ts';
import { ENDPOINTS } from './endpoints.ts';
import { createFailureLimit } from './failure-limit.ts';
import { handleErrors, respondNotFound, respondMethodNotAllowed } from './error-handling.ts';
import { createCodecRoutes } from './codec/routes.ts';
import { createDynamicsEvents, createDynamicsHandshake } from './events/dynamics.ts';
import { respondHealth, createReadiness } from './health.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createConsentCallback, createConsentStart } from './oauth/zendesk.ts';
import { createZendeskWebhook } from './webhooks/zendesk.ts';

/** The dependencies of the HTTP application. */
export interface AppDeps extends Pick<AdminDeps, 'publicUrl'> {
  readonly services: AdminDeps['services'] & IngressDeps['services'];
  readonly adminToken: Secret;
  /** Origins of the Temporal Web UI, whose pages may call the codec endpoint. */
  readonly uiOrigins: readonly string[];
  readonly log: Log;
  /** The number of wrong credentials that one address may send within a minute. Default: 20. */
  readonly maxFailures?: number | undefined;
}

/** Creates the HTTP application. It does not listen yet. */
export function createApp(deps: AppDeps): Express {
  const { services, publicUrl, adminToken, uiOrigins, log, maxFailures } = deps;
  const countFailures = (guard: string) => createFailureLimit({ guard, log, max: maxFailures });
  const routes = express.Router();
  routes
    .route('/healthz')
    .get(respondHealth)
    .all(respondMethodNotAllowed(['GET']));
  routes
    .route('/readyz')
    .get(createReadiness(services))
    .all(respondMethodNotAllowed(['GET']));
  routes
    .route('/metrics')
    .get(createMetrics(services))
    .all(respondMethodNotAllowed(['GET']));
  const ingress = { services, log, failures: countFailures('ingress') };
  routes
    .route('/webhooks/zendesk/:hookId')
    .post(createZendeskWebhook(ingress))
    .all(respondMethodNotAllowed(['POST']));
  routes
    .route('/events/dynamics/:hookId')
    .post(createDynamicsEvents(ingress))
    .options(createDynamicsHandshake(ingress))
    .all(respondMethodNotAllowed(['POST', 'OPTIONS']));
  const admin = { services, publicUrl };
  routes
    .route('/oauth/zendesk/start')
    .get(createConsentStart(admin))
    .all(respondMethodNotAllowed(['GET']));
  routes
    .route('/oauth/zendesk/callback')
    .get(createConsentCallback(admin))
    .all(respondMethodNotAllowed(['GET']));
  const token = adminToken;
  routes.use('/codec', createCodecRoutes({ services, token, uiOrigins, failures: countFailures('codec') }));
  routes.use('/api', createAdminRoutes(admin, ENDPOINTS, { token, log, failures: countFailures('api') }));
  routes.use(respondNotFound);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // A caller without a proxy could send any X-Forwarded-For header. So all callers behind a proxy count as one address,
  // and a valid credential must be accepted even from an address that is over its limit.
  app.set('trust proxy', false);
  app.use(handleErrors(routes, log));
  return app;
}
