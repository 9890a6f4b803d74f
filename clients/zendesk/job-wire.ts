import { z } from 'zod';
import { redact } from '../redact.ts';
import { flattenDetails } from './error-shape.ts';
import { wireId } from './ids.ts';

/**
 * The result of one item of a bulk job. `ok` means the absence of an error, because the successes of a create have no
 * flag. They have neither an index nor an external id (recorded), so results are matched by reading the records back.
 */
export interface JobResult {
  readonly ok: boolean;
  readonly index: number | null;
  readonly id: string | null;
  /** Zendesk's error code, such as `OrganizationUpdateFailed`. */
  readonly error: string | null;
  /** Zendesk's message, which may contain the record's name. */
  readonly details: string | null;
}

/**
 * A bulk job. `status` is `queued`, `working`, `completed`, `failed` or `killed` (older docs). Any other status means
 * that the job has not ended. `results` is null until the job has ended, and for jobs that report no items.
 */
export interface JobStatus {
  readonly id: string;
  readonly status: string;
  readonly total: number | null;
  readonly progress: number | null;
  readonly message: string | null;
  readonly results: readonly JobResult[] | null;
}

const count = z.number().int().nonnegative().nullish();

const resultWire = z
  .looseObject({
    index: count,
    id: wireId.nullish(),
    error: z.unknown().optional(),
    errors: z.unknown().optional(),
    details: z.unknown().optional(),
    success: z.boolean().nullish(),
  })
  .transform((wire): JobResult => {
    const error = errorCode(wire.error) ?? errorCode(wire.errors);
    return {
      ok: error === null && wire.success !== false,
      index: wire.index ?? null,
      id: wire.id ?? null,
      error,
      details: clean(flattenDetails(wire.details) ?? (typeof wire.errors === 'string' ? wire.errors : undefined)),
    };
  });

/** The schema of a job in every endpoint. A list may contain only its id and status. */
export const jobWire = z
  .looseObject({
    id: z.string().min(1),
    status: z.string().min(1),
    total: count,
    progress: count,
    message: z.string().nullish(),
    // A permanent deletion reports `{success: true}` instead of items (recorded).
    results: z.union([z.array(resultWire), z.looseObject({}).transform(() => null)]).nullish(),
  })
  .transform((wire): JobStatus => ({
    id: wire.id,
    status: wire.status.toLowerCase(),
    total: wire.total ?? null,
    progress: wire.progress ?? null,
    message: clean(wire.message),
    results: wire.results ?? null,
  }));

/** The schema of the response to every request that starts a job. */
export const jobResponse = z.looseObject({ job_status: jobWire }).transform((wire) => wire.job_status);

function errorCode(error: unknown): string | null {
  if (error === undefined || error === null || error === false) return null;
  return typeof error === 'string' ? clean(error) : (clean(flattenDetails(error)) ?? 'UnknownError');
}

function clean(text: string | null | undefined): string | null {
  return text === undefined || text === null ? null : redact(text);
}
