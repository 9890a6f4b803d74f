import { z } from 'zod';
import { time } from './list.ts';

/** The schema of a received event. */
export const event = z
  .strictObject({
    id: z.string(),
    connectionId: z.string(),
    source: z.enum(['zendesk', 'dynamics']),
    eventId: z.string().nullable(),
    controlNumber: z.string().nullable(),
    type: z.string(),
    receivedAt: time,
    verdict: z.enum(['accepted', 'duplicate', 'refused']),
    reason: z.string().nullable().describe('The reason why it was refused.'),
    outcome: z.string().nullable(),
    workflowId: z.string().nullable(),
  })
  .meta({ id: 'Event' });
