import { z } from 'zod';

/** The one shape of errors. */
export const errorAnswer = z
  .strictObject({
    error: z.strictObject({
      code: z.string().describe('For programs.'),
      message: z.string().describe('For people: what is wrong, and what to do.'),
      mistakes: z
        .array(z.strictObject({ path: z.string(), message: z.string() }))
        .optional()
        .describe('What is wrong with each member.'),
    }),
  })
  .meta({ id: 'Error' });
