import { z } from 'zod';
import { coded, kind, time } from './list.ts';

const count = z.int().min(0);

/** The schema of an account with its support load. */
export const supportItem = z
  .strictObject({
    legalEntity: z.string(),
    kind,
    key: z.string(),
    zendeskId: z.string().nullable(),
    open: count,
    pending: count,
    onHold: count,
    urgent: count,
    oldestOpenSince: z.iso.date().nullable(),
    lastActivityAt: z.iso.date().nullable(),
    satisfaction: z.strictObject({ good: count, bad: count }),
    contactsWithOpen: count,
    status: z.enum(['quiet', 'active', 'escalated']),
    computedAt: time,
    writtenAt: time.nullable(),
    written: z.string().nullable().describe('The annotation that was last written to F&O.'),
    problem: coded.nullable().describe('The reason why the annotation could not be written.'),
  })
  .meta({ id: 'SupportItem' });
