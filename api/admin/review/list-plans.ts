import { z } from 'zod';
import { PLANNED_OPERATIONS } from '../../../domain/sync/planned-change.ts';
import { connectionId } from '../../connection-file/fields.ts';
import { endpoint } from '../endpoint.ts';
import { findConnection } from '../find-connection.ts';
import { limitText, pageQuery, searchText } from '../read-input.ts';
import { listOf } from '../responses/list.ts';
import { plan, plannedChange } from '../responses/plan.ts';
import { findPlan, planId } from './find-plan.ts';

/** Defines the endpoint `GET /api/connections/{id}/plans`. */
export const listPlans = endpoint({
  method: 'get',
  path: '/connections/{id}/plans',
  name: 'listPlans',
  summary: 'Lists the plans of a connection, newest first.',
  scope: 'read',
  params: { id: connectionId },
  query: pageQuery,
  response: listOf(plan),
  errors: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) =>
      store.plans.list((await findConnection(store, params.id)).id, query.limit),
});

/** Defines the endpoint `GET /api/plans/{plan}`. */
export const showPlan = endpoint({
  method: 'get',
  path: '/plans/{plan}',
  name: 'showPlan',
  summary: 'Returns a plan: counts, cost, limits and warnings.',
  scope: 'read',
  params: { plan: planId },
  response: plan,
  errors: [404],
  handle:
    ({ services: { store } }) =>
    ({ params }) =>
      findPlan(store, params.plan),
});

/** Defines the endpoint `GET /api/plans/{plan}/changes`. */
export const listPlanChanges = endpoint({
  method: 'get',
  path: '/plans/{plan}/changes',
  name: 'listPlanChanges',
  summary: 'Lists the changes of a plan by field. They are kept until the plan is decided, applied or expired.',
  scope: 'read',
  params: { plan: planId },
  query: z.strictObject({
    legalEntity: searchText.optional(),
    kind: searchText.optional(),
    operation: z.enum(PLANNED_OPERATIONS).optional(),
    code: searchText.optional(),
    limit: limitText.optional(),
  }),
  response: listOf(plannedChange),
  errors: [404],
  handle:
    ({ services: { store } }) =>
    async ({ params, query }) =>
      store.plans.changes((await findPlan(store, params.plan)).planId, query),
});
