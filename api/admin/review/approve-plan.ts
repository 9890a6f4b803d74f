import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WHOLE_CONNECTION, type GoScope } from '../../../domain/connection/go.ts';
import { knownEntities } from '../../../domain/entities.ts';
import type { PlanApproval } from '../../../domain/review/plan.ts';
import { whyNotApprovable } from '../../../domain/review/approvable.ts';
import type { Connection } from '../../../store/connection/connections.ts';
import type { Plan } from '../../../store/review/plans.ts';
import { WORKFLOW_TYPES, type SyncMasterDataInput } from '../../../workflows/contract.ts';
import { masterSyncId } from '../../../workflows/ids.ts';
import { startOptions } from '../../../workflows/start-options.ts';
import { ApiError } from '../../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from '../admin-deps.ts';
import { endpoint } from '../endpoint.ts';
import { findConnection } from '../find-connection.ts';
import { approvalScope, plan } from '../responses/plan.ts';
import { startedRun } from '../responses/run.ts';
import { requireAuthorized } from '../start-sync.ts';
import { findPlan, planId } from './find-plan.ts';

/** Defines the endpoint `POST /api/plans/{plan}/approve`. Approving twice returns the same run. */
export const approvePlan = endpoint({
  method: 'post',
  path: '/plans/{plan}/approve',
  name: 'approvePlan',
  summary: 'Approves a plan by its hash, and starts a run that writes what was approved and is still the same.',
  scope: 'admin',
  action: 'plan.approve',
  params: { plan: planId },
  body: z.strictObject({
    hash: z.string().min(1).max(100),
    only: approvalScope.nullish(),
    exact: z.boolean().nullish().describe('Writes nothing if anything has changed since the plan was made.'),
    note: z.string().max(1_000).nullish(),
  }),
  status: 202,
  response: startedRun,
  errors: [404, 409],
  handle:
    (deps) =>
    async ({ params, body, actor, isAudited }) => {
      const { store } = deps.services;
      const found = await findPlan(store, params.plan);
      const connection = await findConnection(store, found.connectionId);
      requireAuthorized(connection);
      requireKinds(connection, body.only?.kinds);
      const approval = { only: body.only ?? {}, exact: body.exact ?? false, note: body.note ?? null };
      requireWhole(found, approval);
      const approved = await approve(deps, found, { hash: body.hash, approval, by: actor.name });
      isAudited();
      return startApplying(deps, approved);
    },
});

/** Defines the endpoint `POST /api/plans/{plan}/discard`. */
export const discardPlan = endpoint({
  method: 'post',
  path: '/plans/{plan}/discard',
  name: 'discardPlan',
  summary: 'Discards an open plan. Its changes are erased, its totals stay.',
  scope: 'admin',
  action: 'plan.discard',
  params: { plan: planId },
  response: plan,
  errors: [404, 409],
  handle:
    ({ services: { store } }) =>
    async ({ params, actor }) => {
      const found = await findPlan(store, params.plan);
      const discarded = (await store.plans.discard(found.planId, actor.name)) ?? found;
      if (discarded.status === 'discarded') return discarded;
      const message = `The plan is ${discarded.status}, so it cannot be discarded.`;
      throw new ApiError(409, `plan_${discarded.status}`, message);
    },
});

function requireKinds(connection: Connection, kinds: readonly string[] | undefined): void {
  const known = knownEntities(connection).map(({ kind }) => kind);
  const unknown = (kinds ?? []).filter((kind) => !known.includes(kind));
  if (unknown.length === 0) return;
  const message = `Connection "${connection.id}" has no kind "${unknown.join('", "')}". Its kinds are ${known.join(', ')}.`;
  throw new ApiError(400, 'unknown_kind', message);
}

/** Changed settings act on all records, so they cannot be approved for some. */
function requireWhole({ why }: Plan, { only }: PlanApproval): void {
  if (!why.includes('settings') || Object.keys(only).length === 0) return;
  const message =
    'This plan contains changed settings, which act on all records. Approve it as a whole, without --kind, --legal-entity and --pilot.';
  throw new ApiError(400, 'whole_plan_only', message);
}

async function approve(
  { services: { store } }: AdminDeps,
  found: Plan,
  { hash, approval, by }: { hash: string; approval: PlanApproval; by: string },
): Promise<Plan & { readonly applyRunId: string }> {
  const { connectionId } = found;
  const revisions = [(await store.connections.require(connectionId)).revision];
  const pending = await store.revisions.pending(connectionId);
  if (pending !== undefined) revisions.push(pending.no);
  const isOutdated = found.status === 'open' && !revisions.includes(found.revision);
  const reason = whyNotApprovable(isOutdated ? { ...found, status: 'superseded' } : found, hash);
  if (reason !== undefined) throw new ApiError(409, reason.code, reason.message);
  const go = goOf(found, approval);
  const entry = { actor: by, action: 'plan.approve', subject: connectionId, detail: detailOf(found, approval) };
  const decided = await store.plans.approve(found.planId, { approval, go, entry, applyRunId: randomUUID() });
  if (decided?.applyRunId) return { ...decided, applyRunId: decided.applyRunId };
  const late = whyNotApprovable(decided ?? found, hash);
  throw new ApiError(409, late?.code ?? 'plan_superseded', late?.message ?? 'The plan was decided by somebody else.');
}

/** Returns what may be written without a person from an approval on. A pilot gives no go. */
function goOf({ legalEntity, slices }: Plan, { only }: PlanApproval): readonly GoScope[] {
  if (only.pilot !== undefined) return [];
  const isWhole = legalEntity === null && Object.keys(only).length === 0;
  if (isWhole) return [WHOLE_CONNECTION];
  return slices.filter(
    (slice) =>
      (only.kinds ?? [slice.kind]).includes(slice.kind) &&
      (only.legalEntities ?? [slice.legalEntity]).includes(slice.legalEntity),
  );
}

function detailOf({ planId: id, hash }: Plan, { only, exact, note }: PlanApproval): string {
  const parts = Object.entries(only).map(([name, value]) => `${name} ${String(value)}`);
  return [
    `plan ${id}`,
    `hash ${hash}`,
    ...parts,
    ...(exact ? ['exact'] : []),
    ...(note === null ? [] : [`note: ${note}`]),
  ].join(', ');
}

/** Starts the run that applies a plan. Calling it again for the same plan returns the same run. */
async function startApplying(
  { services: { store, temporal } }: AdminDeps,
  { connectionId, planId: id, applyRunId: runId, legalEntity, full }: Plan & { readonly applyRunId: string },
): Promise<{ runId: string; workflowId: string }> {
  const workflowId = masterSyncId(connectionId, `plan-${id}`);
  const input: SyncMasterDataInput = {
    ...{ connectionId, runId },
    ...(legalEntity !== null && { legalEntity }),
    ...(full && { full }),
  };
  await store.startedRuns.add({ runId, connectionId, workflowId });
  const scope = { legalEntity: legalEntity ?? undefined, full, acceptShrink: false };
  const options = startOptions({ workflowId, input, summary: `Apply plan ${id} of ${connectionId}` });
  try {
    await temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
      temporal.client.workflow.start(WORKFLOW_TYPES.syncMasterData, {
        ...options,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        memo: { scope, runId },
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { runId, workflowId };
}
