import { z } from 'zod';

/** What a ping found. */
export const pingResult = z
  .strictObject({
    ok: z.boolean(),
    checks: z
      .array(
        z.strictObject({
          name: z.string(),
          system: z.enum(['entra', 'dynamics', 'zendesk']).describe('The one to be mended.'),
          status: z.enum(['ok', 'warn', 'fail']),
          detail: z.string(),
          fix: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Ping' });
