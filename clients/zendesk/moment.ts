import { z } from 'zod';

/** The schema of a time: ISO-8601 in UTC with whole seconds, which is Zendesk's resolution. */
export const moment = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'not a time')
  .transform((text) => `${new Date(text).toISOString().slice(0, 19)}Z`);
