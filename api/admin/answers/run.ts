import { z } from 'zod';
import { coded, kind, time } from './list.ts';

const count = z.int().min(0);
const counts = {
  read: count,
  created: count,
  updated: count,
  adopted: count,
  unchanged: count,
  skipped: count,
  rejected: count,
};

/** A run: `read` is the sum of the outcomes once it has ended. */
export const run = z
  .strictObject({
    runId: z.string(),
    workflowId: z.string(),
    connectionId: z.string(),
    status: z.enum(['running', 'completed', 'failed', 'cancelled']),
    startedAt: time,
    finishedAt: time.nullable(),
    waitedMs: count.describe('How long it waited for systems that had asked it to.'),
    totals: z.strictObject(counts),
    phases: z.array(z.strictObject({ legalEntity: z.string(), kind, ...counts })).readonly(),
    requests: z.strictObject({ dynamics: count, zendesk: count, entra: count }),
    error: coded.nullable(),
    notes: z.array(coded).readonly().describe('What else a person should know of it.'),
  })
  .meta({ id: 'Run' });

/** A run that was started, or joined. */
export const runUnderWay = z.strictObject({ runId: z.string(), workflowId: z.string() });
