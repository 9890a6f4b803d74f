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
  gone: count.describe('Known records that the accepted reading did not contain. They are not part of `read`.'),
};

/** The schema of a run. After its end, `read` is the sum of the outcomes. */
export const run = z
  .strictObject({
    runId: z.string(),
    workflowId: z.string(),
    connectionId: z.string(),
    status: z.enum(['running', 'completed', 'failed', 'cancelled', 'held']),
    startedAt: time,
    finishedAt: time.nullable(),
    waitedMs: count.describe('How long it waited for rate limits of remote systems, in ms.'),
    totals: z.strictObject(counts),
    phases: z.array(z.strictObject({ legalEntity: z.string(), kind, ...counts })).readonly(),
    requests: z.strictObject({ dynamics: count, zendesk: count, entra: count }),
    error: coded.nullable(),
    waiting: coded.optional().describe('Why a running run waits at present. Absent if it does not wait.'),
    notes: z.array(coded).readonly().describe('What the operator should know about the run.'),
  })
  .meta({ id: 'Run' });

/** The schema of a run that was started or joined. */
export const startedRun = z.strictObject({ runId: z.string(), workflowId: z.string() });
