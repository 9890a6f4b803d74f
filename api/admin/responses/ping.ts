import { z } from 'zod';

/** The schema of the result of a ping. */
export const pingResult = z
  .strictObject({
    ok: z.boolean(),
    checks: z
      .array(
        z.strictObject({
          name: z.string(),
          system: z.enum(['entra', 'dynamics', 'zendesk']).describe('The system in which the problem must be fixed.'),
          status: z.enum(['ok', 'warn', 'fail']),
          detail: z.string(),
          fix: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Ping' });
