import { z } from 'zod';
import { time } from './list.ts';

/** The schema of a token, without its secret. */
export const tokenReport = z
  .strictObject({
    id: z.string(),
    scope: z.enum(['read', 'run', 'admin']),
    createdAt: time,
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Token' });

/** The schema of an entry of the audit log. */
export const auditEntry = z
  .strictObject({
    at: time,
    actor: z.string(),
    action: z.string(),
    subject: z.string().nullable().describe('The connection, run or token that was changed.'),
    detail: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
