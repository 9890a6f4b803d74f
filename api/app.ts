import express, { type Express } from 'express';
import type { Log } from '../runtime/log/log.ts';
import type { Secret } from '../runtime/config/secret.ts';
import type { AdminDeps } from './admin/admin-deps.ts';
import type { IngressDeps } from './ingress/take-event.ts';
import { createAdminRoutes } from './admin/routes.ts';
import { ENDPOINTS } from './endpoints.ts';
import { createFailureLimit } from './failure-limit.ts';
import { answeringErrors, answerNotFound, answerWrongMethod } from './answer-errors.ts';
import { createCodecRoutes } from './codec/routes.ts';
import { createDynamicsEvents, createDynamicsHandshake } from './events/dynamics.ts';
import { answerHealth, createReadiness } from './health.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createConsentCallback, createConsentStart } from './oauth/zendesk.ts';
import { createZendeskWebhook } from './webhooks/zendesk.ts';

/** What the HTTP application is made of. */
export interface AppDeps extends Pick<AdminDeps, 'publicUrl'> {
  readonly services: AdminDeps['services'] & IngressDeps['services'];
  readonly adminToken: Secret;
  /** Origins of the Web UI, whose pages may ask the codec endpoint. */
  readonly uiOrigins: readonly string[];
  readonly log: Log;
  /** How many wrong credentials one address may send within a minute, 20 unless told. */
  readonly mostFailures?: number | undefined;
}

/** Wires the HTTP application; whoever calls it listens. */
export function createApp(parts: AppDeps): Express {
  const { services, publicUrl, adminToken, uiOrigins, log, mostFailures } = parts;
  const countFailures = (guard: string) => createFailureLimit({ guard, log, most: mostFailures });
  const routes = express.Router();
  routes
    .route('/healthz')
    .get(answerHealth)
    .all(answerWrongMethod(['GET']));
  routes
    .route('/readyz')
    .get(createReadiness(services))
    .all(answerWrongMethod(['GET']));
  routes
    .route('/metrics')
    .get(createMetrics(services))
    .all(answerWrongMethod(['GET']));
  const ingress = { services, log, failures: countFailures('ingress') };
  routes
    .route('/webhooks/zendesk/:hookId')
    .post(createZendeskWebhook(ingress))
    .all(answerWrongMethod(['POST']));
  routes
    .route('/events/dynamics/:hookId')
    .post(createDynamicsEvents(ingress))
    .options(createDynamicsHandshake(ingress))
    .all(answerWrongMethod(['POST', 'OPTIONS']));
  const admin = { services, publicUrl };
  routes
    .route('/oauth/zendesk/start')
    .get(createConsentStart(admin))
    .all(answerWrongMethod(['GET']));
  routes
    .route('/oauth/zendesk/callback')
    .get(createConsentCallback(admin))
    .all(answerWrongMethod(['GET']));
  const token = adminToken;
  routes.use('/codec', createCodecRoutes({ services, token, uiOrigins, failures: countFailures('codec') }));
  routes.use('/api', createAdminRoutes(admin, ENDPOINTS, { token, log, failures: countFailures('api') }));
  routes.use(answerNotFound);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Whoever reaches us directly can write any X-Forwarded-For. So behind a proxy all callers count as one, and a valid credential
  // from a counted address must still be taken.
  app.set('trust proxy', false);
  app.use(answeringErrors(routes, log));
  return app;
}
