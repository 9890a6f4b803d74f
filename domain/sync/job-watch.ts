/**
 * What is asked about a job that Zendesk does not show: its status, its records, or both. Records say the truth, also
 * when statuses are hidden; a status also says which rows were refused.
 */
export type JobQuestion = 'status' | 'records' | 'both';

/** How long Ledgerdesk waits for bulk jobs. All of these waits are set here. Tests open the store with shorter ones. */
export interface JobWaits {
  /** The questions about a job that Zendesk does not show, and the age of the job at which each is asked. */
  readonly questions: readonly { readonly afterMs: number; readonly question: JobQuestion }[];
  /** The time between further questions. Each asks for both. */
  readonly againMs: number;
  /** The age at which a job counts as lost that neither its status nor its records show. */
  readonly hiddenMs: number;
  /** The time without a change of status or progress after which a working job counts as lost. */
  readonly stuckMs: number;
  /** The age at which any job counts as lost, also one that is still queued. */
  readonly longestMs: number;
}

/**
 * Zendesk needs seconds for a job of 100 rows, and may hide statuses for a minute while jobs queue (zenpy, issue 291).
 * Only two questions are asked in that minute, because each is a request. Records that exist end the wait early.
 */
export const JOB_WAITS: JobWaits = {
  questions: [
    { afterMs: 0, question: 'status' },
    { afterMs: 6_000, question: 'records' },
    { afterMs: 62_000, question: 'both' },
  ],
  againMs: 60_000,
  hiddenMs: 180_000,
  stuckMs: 15 * 60_000,
  longestMs: 60 * 60_000,
};

/**
 * What is known of an open job: the questions that it did not answer since Zendesk last showed it, its age, and the time
 * since its status or progress last changed, in milliseconds.
 */
export interface WatchedJob {
  readonly misses: number;
  readonly ageMs: number;
  readonly quietMs: number;
}

/** Returns the question that is due about an open job, or null when it is too early for another one. */
export function nextQuestion({ misses, ageMs }: WatchedJob, waits: JobWaits): JobQuestion | null {
  const { questions, againMs } = waits;
  const next = questions[misses];
  if (next !== undefined) return ageMs >= next.afterMs ? next.question : null;
  const further = misses - questions.length + 1;
  return ageMs >= (questions.at(-1)?.afterMs ?? 0) + further * againMs ? 'both' : null;
}

/** Returns whether a job counts as lost that has just answered no question: not by its status, and not by its records. */
export function isHiddenLost(job: WatchedJob, question: JobQuestion, waits: JobWaits): boolean {
  return question === 'both' && job.ageMs >= waits.hiddenMs;
}

/**
 * Returns whether a job counts as lost that Zendesk shows and that has not ended. A job may wait in the queue for long,
 * and a working one may take long as long as it makes progress.
 */
export function isShownLost(job: WatchedJob, status: string, waits: JobWaits): boolean {
  if (job.ageMs > waits.longestMs) return true;
  return status !== 'queued' && job.quietMs > waits.stuckMs;
}

/**
 * What was heard of a job when rows that Zendesk does not have are sent again.
 * - `ended`: Zendesk says that the job has ended.
 * - `lost`: Zendesk accepted the job, and nothing was heard of it since.
 * - `error`: Zendesk answered the submission with a server error.
 * - `unanswered`: the submission got no answer.
 */
export type JobEnd = 'ended' | 'lost' | 'error' | 'unanswered';

/** The rounds that send rows in jobs of the same size. Silence says nothing about the rows, and an error says little. */
const SAME_SIZE_ROUNDS: Readonly<Record<JobEnd, number>> = { ended: 0, lost: Infinity, error: 1, unanswered: 3 };

/** Returns whether rows are sent again in smaller jobs, which isolates a row that breaks its job. */
export function isSentSmaller(end: JobEnd, round: number): boolean {
  return round >= SAME_SIZE_ROUNDS[end];
}
