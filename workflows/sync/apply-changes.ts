import type { Performer } from '../step-proxy.ts';
import type { SliceRef } from '../steps.ts';

/** What applying needs besides the slice: legal entities that adoption by name waits for, and when to leave a long history. */
export interface ApplyOptions {
  readonly unread: readonly string[];
  /** Whether the history has grown long; work then stops at a point where nothing is lost. */
  readonly isLong: () => boolean;
}

/** Waits between polls of open jobs, in ms: Zendesk needs seconds for a job, and each poll counts as a request. */
const POLL_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
const CLARIFY_WAIT_MS = 2_000;
const NO_ROOM_WAIT_MS = 3_000;

/**
 * Plans, writes and records the changes of one slice: plan page by page, submit bulk jobs, poll them together, record them
 * item by item, resolve what was refused, and read again what somebody asked for meanwhile. Each round leaves less to do,
 * since a row that is refused too often is rejected. Answers `long` when the history should be left; all that is known is
 * in the store, so the slice is simply applied again.
 */
export async function applyChanges(
  performer: Performer,
  slice: SliceRef,
  options: ApplyOptions,
): Promise<'done' | 'long'> {
  for (;;) {
    const plan = await planAll(performer, slice, options);
    if (plan === 'long') return 'long';
    if (plan === 'work') {
      if ((await writeAll(performer, slice, options)) === 'long') return 'long';
      await completeAll(performer, slice);
      if ((await resolveAll(performer, slice, options)) > 0) continue;
    }
    const again = { ...slice, unread: options.unread };
    const { records } = await performer.perform('readAgain', again, say(slice, 'read again what changed meanwhile'));
    if (records === 0) return 'done';
  }
}

/** Lets jobs that were submitted end, and records them: what a cancelled run does before it lets go of its accounts. */
export async function drainJobs(performer: Performer, slice: SliceRef): Promise<void> {
  await clarifyAll(performer, slice);
  for (const waitMs of POLL_WAITS_MS) {
    const { open, ended } = await performer.perform('pollJobs', slice, say(slice, 'ask Zendesk about open jobs'));
    if (ended > 0) await performer.perform('recordJobs', slice, say(slice, 'record what the jobs did'));
    if (open === 0) return;
    await performer.pause(waitMs, `${open} job(s) still running in Zendesk`);
  }
}

async function planAll(
  performer: Performer,
  slice: SliceRef,
  options: ApplyOptions,
): Promise<'work' | 'nothing' | 'long'> {
  let after = '';
  for (;;) {
    if (options.isLong()) return 'long';
    const { unfinished, next } = await performer.perform(
      'planChanges',
      { ...slice, after },
      say(slice, 'plan changes'),
    );
    if (next === null) return unfinished > 0 ? 'work' : 'nothing';
    after = next;
  }
}

async function writeAll(performer: Performer, slice: SliceRef, options: ApplyOptions): Promise<'done' | 'long'> {
  let quietPolls = 0;
  let unanswered = 0;
  for (;;) {
    if (options.isLong()) return 'long';
    const { open, left, more, unsure } = await performer.perform('submitJobs', slice, say(slice, 'write to Zendesk'));
    if (unsure) {
      // One lost answer is an accident; when more follow, Zendesk is in trouble, and asking on would only spend requests.
      if (unanswered > 0) await performer.pause(waitMs(unanswered - 1), 'Zendesk gives no answer when asked to write');
      await clarifyAll(performer, slice);
    } else if (open > 0) {
      await performer.pause(waitMs(quietPolls), `Zendesk is working on ${open} job(s)`);
      const { ended } = await performer.perform('pollJobs', slice, say(slice, 'ask Zendesk about open jobs'));
      if (ended > 0) await performer.perform('recordJobs', slice, say(slice, 'record what the jobs did'));
      quietPolls = ended > 0 ? 0 : quietPolls + 1;
    } else if (left) {
      if (!more) await performer.pause(NO_ROOM_WAIT_MS, 'Zendesk runs as many jobs of this connection as it may');
    } else {
      return 'done';
    }
    unanswered = unsure ? unanswered + 1 : 0;
  }
}

function waitMs(waits: number): number {
  return POLL_WAITS_MS[waits] ?? 30_000;
}

async function clarifyAll(performer: Performer, slice: SliceRef): Promise<void> {
  for (;;) {
    const { waiting } = await performer.perform(
      'clarifyJobs',
      slice,
      say(slice, 'find out about a job whose answer was lost'),
    );
    if (waiting === 0) return;
    await performer.pause(CLARIFY_WAIT_MS, 'A job whose answer was lost may still be running in Zendesk');
  }
}

async function completeAll(performer: Performer, slice: SliceRef): Promise<void> {
  const summary = say(slice, slice.kind === 'contact' ? 'add addresses and organizations' : 'add tags');
  while ((await performer.perform('completeRecords', slice, summary)).left > 0);
}

async function resolveAll(performer: Performer, slice: SliceRef, { unread }: ApplyOptions): Promise<number> {
  let planned = 0;
  for (;;) {
    const page = await performer.perform(
      'resolveRefusals',
      { ...slice, unread },
      say(slice, 'look up what Zendesk refused'),
    );
    planned += page.planned;
    if (page.left === 0) return planned;
  }
}

function say({ legalEntity, kind }: SliceRef, what: string): string {
  return `${legalEntity} ${kind}s: ${what}`;
}
