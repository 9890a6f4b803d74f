import type { JobAction } from '../core/fault-actions.ts';
import type { Random } from '../core/random.ts';
import { shuffle } from '../core/random.ts';
import { RecordInvalid, Refusal } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';

/** What a bulk job does, row by row. */
export interface JobWork {
  /** As in "Bulk Create Organization". */
  readonly title: string;
  /** Zendesk's own name for its kind, as told when there are too many. */
  readonly jobClass: string;
  readonly count: number;
  /** The `error` of a row that fails, e.g. `OrganizationUpdateFailed`. */
  readonly failure: string;
  /** Whether the results come in no promised order. */
  readonly isUnordered: boolean;
  readonly progressMessage: (done: number) => string;
  /** Judges and writes one row; throws a Refusal when it fails. */
  readonly applyRow: (index: number) => object;
  /** The id that a failed row carries, where its input has one. */
  readonly idOfRow: (index: number) => number | undefined;
}

/** A job's work and what is to go wrong with it. */
export interface JobRun {
  readonly work: JobWork;
  readonly fault?: JobAction;
}

/** Writes the rows of a job and gives their results; null when the whole job fails. */
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
