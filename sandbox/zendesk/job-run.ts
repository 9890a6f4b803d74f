import type { JobAction } from '../core/fault-actions.ts';
import type { Random } from '../core/random.ts';
import { shuffle } from '../core/random.ts';
import { RecordInvalid, Refusal } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';

/** The work of a bulk job. */
export interface JobWork {
  /** For example "Bulk Create Organization". */
  readonly title: string;
  /** Zendesk's name for the kind of job, as in the error for too many jobs. */
  readonly jobClass: string;
  readonly count: number;
  /** The `error` of a row that fails, such as `OrganizationUpdateFailed`. */
  readonly failure: string;
  /** True if the order of the results is not defined. */
  readonly isUnordered: boolean;
  readonly progressMessage: (done: number) => string;
  /** Validates and writes one row. Throws a Refusal when it fails. */
  readonly applyRow: (index: number) => object;
  /** Returns the id that the result of a failed row contains, if its input has one. */
  readonly idOfRow: (index: number) => number | undefined;
}

/** The work of a job and the fault that applies to it. */
export interface JobRun {
  readonly work: JobWork;
  readonly fault?: JobAction;
}

/** Writes the rows of a job. Returns their results; null when the whole job fails. */
export function runJob(
  { work, fault }: JobRun,
  { random, settings }: { readonly random: Random; readonly settings: ZendeskSettings },
): readonly object[] | null {
  if (fault?.kind === 'fail-job') return null;
  if (fault?.kind === 'lose-job' && !fault.applied) return [];
  const results = Array.from({ length: work.count }, (_, index) => resultOf(work, index, { fault, settings }));
  return work.isUnordered && !settings.createResultsInOrder ? shuffle(results, random) : results;
}

interface Rules {
  readonly fault: JobAction | undefined;
  readonly settings: ZendeskSettings;
}

function resultOf(work: JobWork, index: number, { fault, settings }: Rules): object {
  const fail = (error: string, details: string): object => {
    const id = work.idOfRow(index);
    return {
      ...(settings.failureItemsCarryIndex ? { index } : {}),
      error,
      ...(id === undefined ? {} : { id }),
      details,
    };
  };
  if (fault?.kind === 'fail-rows' && fault.rows.includes(index)) {
    return fail(fault.error ?? work.failure, fault.details ?? 'Something went wrong');
  }
  try {
    return work.applyRow(index);
  } catch (error) {
    if (error instanceof RecordInvalid) return fail(work.failure, error.jobDetails);
    if (error instanceof Refusal) return fail(work.failure, 'Record not found');
    throw error;
  }
}
