import { z } from 'zod';
import { RECORD_STATES } from '../../../domain/sync/outcome.ts';
import { kind, time } from './list.ts';

/** The schema of a record with its outcome in the last run that read it. */
export const record = z
  .strictObject({
    connectionId: z.string(),
    legalEntity: z.string(),
    kind,
    key: z.string().describe('The account number or ContactPersonId, as it is written in F&O.'),
    externalId: z.string().nullable(),
    state: z.enum(RECORD_STATES).nullable(),
    code: z.string().nullable(),
    message: z.string().nullable(),
    action: z.string().nullable().describe('What to do about a rejection.'),
    zendeskId: z.string().nullable(),
    attempts: z.int().min(0),
    firstSeenAt: time,
    lastSyncedAt: time.nullable(),
  })
  .meta({ id: 'Record' });
