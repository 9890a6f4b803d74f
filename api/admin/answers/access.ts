import { z } from 'zod';
import { time } from './list.ts';

/** A token as it is listed. */
export const tokenReport = z
  .strictObject({
    id: z.string(),
    scope: z.enum(['read', 'run', 'admin']),
    createdAt: time,
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Token' });

/** An entry of the audit. */
export const auditEntry = z
  .strictObject({
    at: time,
    actor: z.string(),
    action: z.string(),
    subject: z.string().nullable().describe('The connection, run or token that it was done to.'),
    detail: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
