import { z } from 'zod';
import { redact } from '../redact.ts';
import { flattenDetails } from './error-shape.ts';
import { wireId } from './ids.ts';

/**
 * What became of one item of a bulk job. `ok` is the absence of an error, since the successes of a create carry no flag;
 * they carry neither index nor external id either (recorded), so results are matched by reading back.
 */
export interface JobResult {
  readonly ok: boolean;
  readonly index: number | null;
  readonly id: string | null;
  /** Zendesk's error word, e.g. `OrganizationUpdateFailed`. */
  readonly error: string | null;
  /** Zendesk's sentence, which may repeat the record's name. */
  readonly details: string | null;
}

/**
 * A bulk job. `status` is `queued`, `working`, `completed`, `failed` or `killed` (older docs); another word is passed on
 * and means that the job has not ended. `results` is null until it has, and for jobs that report no items.
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
    const error = errorWord(wire.error) ?? errorWord(wire.errors);
    return {
      ok: error === null && wire.success !== false,
      index: wire.index ?? null,
      id: wire.id ?? null,
      error,
      details: clean(flattenDetails(wire.details) ?? (typeof wire.errors === 'string' ? wire.errors : undefined)),
    };
  });

/** A job as any of its endpoints shows it; a list may give no more than id and status. */
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

/** The answer of every call that starts a job. */
export const jobAnswer = z.looseObject({ job_status: jobWire }).transform((wire) => wire.job_status);

function errorWord(error: unknown): string | null {
  if (error === undefined || error === null || error === false) return null;
  return typeof error === 'string' ? clean(error) : (clean(flattenDetails(error)) ?? 'UnknownError');
}

function clean(text: string | null | undefined): string | null {
  return text === undefined || text === null ? null : redact(text);
}
