import { z } from 'zod';

/** The schema of all error responses. */
export const errorResponse = z
  .strictObject({
    error: z.strictObject({
      code: z.string().describe('A code for programs.'),
      message: z.string().describe('A message for people: what is wrong and what to do.'),
      mistakes: z
        .array(z.strictObject({ path: z.string(), message: z.string() }))
        .optional()
        .describe('The error of each invalid member, with its path.'),
    }),
  })
  .meta({ id: 'Error' });
