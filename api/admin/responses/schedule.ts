import { z } from 'zod';
import { time } from './list.ts';

/** The schema of a schedule of a connection. */
export const schedule = z
  .strictObject({
    id: z.string(),
    everyMs: z.int().min(1),
    paused: z.boolean(),
    note: z.string().nullable(),
    nextAt: time.nullable(),
    lastAt: time.nullable(),
  })
  .meta({ id: 'Schedule' });
