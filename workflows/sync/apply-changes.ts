import type { StepProxy } from '../step-proxy.ts';
import type { SliceRef } from '../steps.ts';

/** Options of `applyChanges`. Adoption by name waits for `incompleteEntities`. */
export interface ApplyOptions {
  readonly incompleteEntities: readonly string[];
  /** Returns whether the history is long. The work then stops at a point at which nothing is lost. */
  readonly isLong: () => boolean;
}

/**
 * The result of applying. `isLong` is true when the history is long: the caller continues as new and applies the slice
 * again, because all progress is in the store. `fieldsChanged` is true when custom fields in Zendesk have changed.
 * `isDeferred` is true when records still wait for a record of another slice.
 */
export interface Applied {
  readonly isLong: boolean;
  readonly fieldsChanged: boolean;
  readonly isDeferred: boolean;
}

/** Waits between polls of open jobs, in milliseconds. Zendesk needs seconds for a job, and each poll is a request. */
const POLL_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
const CLARIFY_WAIT_MS = 2_000;
const JOB_LIMIT_WAIT_MS = 3_000;

/**
 * Applies the changes of one slice: plans page by page, submits bulk jobs, polls them together, records them item by
 * item, resolves refusals, and reads the records again that other runs asked for. It repeats this until nothing is
 * left. It ends, because a row that is refused too often is rejected.
 */
export async function applyChanges(proxy: StepProxy, slice: SliceRef, options: ApplyOptions): Promise<Applied> {
  const { steps } = proxy;
  let fieldsChanged = false;
  for (;;) {
    const { plan, isDeferred } = await planAll(proxy, slice, options);
    if (plan === 'long') return { isLong: true, fieldsChanged, isDeferred };
    if (plan === 'work') {
      if ((await writeAll(proxy, slice, options)) === 'long') return { isLong: true, fieldsChanged, isDeferred };
      await completeAll(proxy, slice);
      const resolved = await resolveAll(proxy, slice, options);
      fieldsChanged ||= resolved.fieldsChanged;
      if (resolved.planned > 0 || isDeferred) continue;
    }
    const again = { ...slice, incompleteEntities: options.incompleteEntities };
    const { records } = await steps.readAgain(again, summaryOf(slice, 'read records again that changed meanwhile'));
    if (records === 0) return { isLong: false, fieldsChanged, isDeferred };
  }
}

/** Waits for submitted jobs and records them. A cancelled run does this before it releases its claims. */
export async function drainJobs(proxy: StepProxy, slice: SliceRef): Promise<void> {
  const { steps, pause } = proxy;
  await clarifyAll(proxy, slice);
  for (const waitMs of [...POLL_WAITS_MS, null]) {
    const { open, ended } = await steps.pollJobs(slice, summaryOf(slice, 'poll the open jobs in Zendesk'));
    if (ended > 0) await steps.recordJobs(slice, summaryOf(slice, 'record the results of ended jobs'));
    if (open === 0 || waitMs === null) return;
    await pause(waitMs, `${open} job(s) still running in Zendesk`);
  }
}

async function planAll(
  { steps }: StepProxy,
  slice: SliceRef,
  options: ApplyOptions,
): Promise<{ plan: 'work' | 'nothing' | 'long'; isDeferred: boolean }> {
  let after = '';
  let isDeferred = false;
  for (;;) {
    if (options.isLong()) return { plan: 'long', isDeferred };
    const page = await steps.planChanges({ ...slice, after }, summaryOf(slice, 'plan changes'));
    isDeferred ||= (page.deferred ?? 0) > 0;
    if (page.next === null) return { plan: page.unfinished > 0 ? 'work' : 'nothing', isDeferred };
    after = page.next;
  }
}

async function writeAll(proxy: StepProxy, slice: SliceRef, options: ApplyOptions): Promise<'done' | 'long'> {
  const { steps, pause } = proxy;
  let quietPolls = 0;
  let unanswered = 0;
  for (;;) {
    if (options.isLong()) return 'long';
    const { open, left, more, unsure } = await steps.submitJobs(slice, summaryOf(slice, 'write to Zendesk'));
    if (unsure) {
      // A single lost answer needs no wait. When more follow, Zendesk is probably down, and further requests are
      // useless.
      if (unanswered > 0) await pause(waitMs(unanswered - 1), 'Zendesk does not answer write requests');
      await clarifyAll(proxy, slice);
    } else if (open > 0) {
      quietPolls = (await pollOnce(proxy, slice, { open, waitMs: waitMs(quietPolls) })) ? 0 : quietPolls + 1;
    } else if (left) {
      if (!more)
        await pause(JOB_LIMIT_WAIT_MS, 'The maximum number of bulk jobs of this connection is running in Zendesk');
    } else {
      return 'done';
    }
    unanswered = unsure ? unanswered + 1 : 0;
  }
}

/** Waits, polls the open jobs once, and records those that have ended. Returns whether a job has ended. */
async function pollOnce(
  { steps, pause }: StepProxy,
  slice: SliceRef,
  at: { open: number; waitMs: number },
): Promise<boolean> {
  await pause(at.waitMs, `Zendesk is working on ${at.open} job(s)`);
  const { ended } = await steps.pollJobs(slice, summaryOf(slice, 'poll the open jobs in Zendesk'));
  if (ended > 0) await steps.recordJobs(slice, summaryOf(slice, 'record the results of ended jobs'));
  return ended > 0;
}

function waitMs(waits: number): number {
  return POLL_WAITS_MS[waits] ?? 30_000;
}

async function clarifyAll({ steps, pause }: StepProxy, slice: SliceRef): Promise<void> {
  for (;;) {
    const { waiting } = await steps.clarifyJobs(slice, summaryOf(slice, 'clarify a job whose answer was lost'));
    if (waiting === 0) return;
    await pause(CLARIFY_WAIT_MS, 'A job whose answer was lost may still be running in Zendesk');
  }
}

async function completeAll({ steps }: StepProxy, slice: SliceRef): Promise<void> {
  while ((await steps.completeRecords(slice, summaryOf(slice, 'add what bulk jobs cannot write'))).left > 0);
}

async function resolveAll(
  { steps }: StepProxy,
  slice: SliceRef,
  { incompleteEntities }: ApplyOptions,
): Promise<{ planned: number; fieldsChanged: boolean }> {
  let planned = 0;
  let fieldsChanged = false;
  for (;;) {
    const refused = { ...slice, incompleteEntities };
    const page = await steps.resolveRefusals(refused, summaryOf(slice, 'resolve what Zendesk refused'));
    planned += page.planned;
    fieldsChanged ||= page.fieldsChanged;
    if (page.left === 0) return { planned, fieldsChanged };
  }
}

function summaryOf({ legalEntity, kind }: SliceRef, what: string): string {
  return `${legalEntity} ${kind}s: ${what}`;
}
