import { z } from 'zod';
import { PLANNED_OPERATIONS } from '../../../domain/sync/planned-change.ts';
import { kind, time } from './list.ts';

const count = z.int().min(0);
const counts = {
  read: count,
  create: count,
  update: count,
  adopt: count,
  retire: count,
  unchanged: count,
  skipped: count,
  rejected: count,
};

/** The schema of the part of a plan that is approved. */
export const approvalScope = z.strictObject({
  kinds: z.array(kind).min(1).readonly().optional(),
  legalEntities: z.array(z.string().toLowerCase()).min(1).readonly().optional(),
  pilot: z.int().min(1).optional().describe('Only the first N accounts, with their contacts. Gives no go.'),
});

/** The schema of a plan. */
export const plan = z
  .strictObject({
    planId: z.string(),
    connectionId: z.string(),
    runId: z.string(),
    revision: z.int().min(1).describe('The number of the settings under which the plan was made.'),
    why: z.array(z.enum(['asked', 'first', 'settings', 'limits'])).readonly(),
    status: z.enum(['open', 'approved', 'applied', 'discarded', 'superseded', 'expired']),
    legalEntity: z.string().nullable(),
    full: z.boolean(),
    hash: z.string().describe('Approve the plan by it. The same world and settings give the same hash.'),
    createdAt: time,
    expiresAt: time,
    decidedAt: time.nullable(),
    decidedBy: z.string().nullable(),
    approval: z.strictObject({ only: approvalScope, exact: z.boolean(), note: z.string().nullable() }).nullable(),
    applyRunId: z.string().nullable().describe('The run that applies the plan.'),
    totals: z.strictObject(counts),
    slices: z.array(z.strictObject({ legalEntity: z.string(), kind, ...counts })).readonly(),
    prepare: z
      .array(
        z.strictObject({
          owner: z.enum(['organization', 'user']),
          key: z.string(),
          type: z.string(),
          action: z.enum(['create']),
        }),
      )
      .readonly()
      .describe('The custom fields that are created first. A key cannot be used again once its field is deleted.'),
    annotations: z.strictObject({ wouldWrite: count }),
    cost: z.strictObject({ dynamics: count, zendesk: count, minutes: count }),
    limits: z
      .array(
        z.strictObject({
          name: z.enum(['create', 'update', 'retire']),
          planned: count,
          allowed: count,
          tripped: z.boolean(),
        }),
      )
      .readonly(),
    warnings: z
      .array(
        z.strictObject({
          code: z.string(),
          count,
          message: z.string(),
          action: z.string(),
          sample: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    ambiguous: count,
  })
  .meta({ id: 'Plan' });

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]);

/** The schema of one change of a plan. Personal data of contacts is masked. */
export const plannedChange = z
  .strictObject({
    legalEntity: z.string(),
    kind,
    key: z.string(),
    operation: z.enum(PLANNED_OPERATIONS),
    zendeskId: z.string().nullable(),
    changes: z.array(z.strictObject({ field: z.string(), before: value, after: value })).readonly(),
    code: z.string().nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: 'PlannedChange' });
