import type { StepProxy } from '../step-proxy.ts';
import type { SliceRef } from '../steps.ts';

/** What applying needs besides the slice: legal entities that adoption by name waits for, and when to leave a long history. */
export interface ApplyOptions {
  readonly incompleteEntities: readonly string[];
  /** Returns whether the history has grown long; work then stops at a point where nothing is lost. */
  readonly isLong: () => boolean;
}

/**
 * The result of applying. `isLong`: the history should be left; all that is known is in the store, so the slice is simply applied
 * again. `fieldsChanged`: custom fields in Zendesk were found changed.
 */
export interface Applied {
  readonly isLong: boolean;
  readonly fieldsChanged: boolean;
}

/** Waits between polls of open jobs, in ms: Zendesk needs seconds for a job, and each poll counts as a request. */
const POLL_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
const CLARIFY_WAIT_MS = 2_000;
const NO_ROOM_WAIT_MS = 3_000;

/**
 * Plans, writes and records the changes of one slice: plan page by page, submit bulk jobs, poll them together, record them
 * item by item, resolve what was refused, and read again what somebody asked for meanwhile. Each round leaves less to do,
 * since a row that is refused too often is rejected.
 */
export async function applyChanges(proxy: StepProxy, slice: SliceRef, options: ApplyOptions): Promise<Applied> {
  const { steps } = proxy;
  let fieldsChanged = false;
  for (;;) {
    const plan = await planAll(proxy, slice, options);
    if (plan === 'long') return { isLong: true, fieldsChanged };
    if (plan === 'work') {
      if ((await writeAll(proxy, slice, options)) === 'long') return { isLong: true, fieldsChanged };
      await completeAll(proxy, slice);
      const resolved = await resolveAll(proxy, slice, options);
      fieldsChanged ||= resolved.fieldsChanged;
      if (resolved.planned > 0) continue;
    }
    const again = { ...slice, incompleteEntities: options.incompleteEntities };
    const { records } = await steps.readAgain(again, say(slice, 'read again what changed meanwhile'));
    if (records === 0) return { isLong: false, fieldsChanged };
  }
}

/** Lets submitted jobs end, and records them: what a cancelled run does before it releases its records. */
export async function drainJobs(proxy: StepProxy, slice: SliceRef): Promise<void> {
  const { steps, pause } = proxy;
  await clarifyAll(proxy, slice);
  for (const waitMs of POLL_WAITS_MS) {
    const { open, ended } = await steps.pollJobs(slice, say(slice, 'ask Zendesk about open jobs'));
    if (ended > 0) await steps.recordJobs(slice, say(slice, 'record what the jobs did'));
    if (open === 0) return;
    await pause(waitMs, `${open} job(s) still running in Zendesk`);
  }
}

async function planAll(
  { steps }: StepProxy,
  slice: SliceRef,
  options: ApplyOptions,
): Promise<'work' | 'nothing' | 'long'> {
  let after = '';
  for (;;) {
    if (options.isLong()) return 'long';
    const { unfinished, next } = await steps.planChanges({ ...slice, after }, say(slice, 'plan changes'));
    if (next === null) return unfinished > 0 ? 'work' : 'nothing';
    after = next;
  }
}

async function writeAll(proxy: StepProxy, slice: SliceRef, options: ApplyOptions): Promise<'done' | 'long'> {
  const { steps, pause } = proxy;
  let quietPolls = 0;
  let unanswered = 0;
  for (;;) {
    if (options.isLong()) return 'long';
    const { open, left, more, unsure } = await steps.submitJobs(slice, say(slice, 'write to Zendesk'));
    if (unsure) {
      // One lost answer is an accident; when more follow, Zendesk is in trouble, and asking on would only spend requests.
      if (unanswered > 0) await pause(waitMs(unanswered - 1), 'Zendesk gives no answer when asked to write');
      await clarifyAll(proxy, slice);
    } else if (open > 0) {
      quietPolls = (await pollOnce(proxy, slice, { open, waitMs: waitMs(quietPolls) })) ? 0 : quietPolls + 1;
    } else if (left) {
      if (!more) await pause(NO_ROOM_WAIT_MS, 'Zendesk runs as many jobs of this connection as it may');
    } else {
      return 'done';
    }
    unanswered = unsure ? unanswered + 1 : 0;
  }
}

/** Waits, asks Zendesk once about the open jobs, and records those that have ended. Returns whether any has. */
async function pollOnce(
  { steps, pause }: StepProxy,
  slice: SliceRef,
  at: { open: number; waitMs: number },
): Promise<boolean> {
  await pause(at.waitMs, `Zendesk is working on ${at.open} job(s)`);
  const { ended } = await steps.pollJobs(slice, say(slice, 'ask Zendesk about open jobs'));
  if (ended > 0) await steps.recordJobs(slice, say(slice, 'record what the jobs did'));
  return ended > 0;
}

function waitMs(waits: number): number {
  return POLL_WAITS_MS[waits] ?? 30_000;
}

async function clarifyAll({ steps, pause }: StepProxy, slice: SliceRef): Promise<void> {
  for (;;) {
    const { waiting } = await steps.clarifyJobs(slice, say(slice, 'find out about a job whose answer was lost'));
    if (waiting === 0) return;
    await pause(CLARIFY_WAIT_MS, 'A job whose answer was lost may still be running in Zendesk');
  }
}

async function completeAll({ steps }: StepProxy, slice: SliceRef): Promise<void> {
  while ((await steps.completeRecords(slice, say(slice, 'add what bulk jobs cannot write'))).left > 0);
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
    const page = await steps.resolveRefusals(refused, say(slice, 'look up what Zendesk refused'));
    planned += page.planned;
    fieldsChanged ||= page.fieldsChanged;
    if (page.left === 0) return { planned, fieldsChanged };
  }
}

function say({ legalEntity, kind }: SliceRef, what: string): string {
  return `${legalEntity} ${kind}s: ${what}`;
}
