import { reviewOf } from '../../domain/connection/review-settings.ts';
import { entitiesOf, targetLevelsOf } from '../../domain/entities.ts';
import { heldByLimits, heldForApproval, type Held } from '../../domain/review/held.ts';
import { judgeLimits as judge, largestCounts, type LimitBasis, type SliceSize } from '../../domain/review/limits.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { openSlice } from '../sync/open-slice.ts';
import { plannedPages } from '../sync/plan-rows.ts';
import { checkExact } from './check-exact.ts';
import { createLimitCounter, type LimitCounter } from './limit-counter.ts';
import { planOnCopies, type RunToPlan } from './plan-on-copies.ts';

/**
 * Judges whether a run may write what it would write, before it writes anything. A run that applies a plan may, unless it
 * was approved as exact and something has changed. The accounts have their reservations
 * by then. Returns why the run is held, or null. A run of the whole connection that is not held ends the alert about a
 * held one.
 */
export async function judgeLimits(
  context: StepContext,
  input: Parameters<Steps['judgeLimits']>[0],
): ReturnType<Steps['judgeLimits']> {
  const { store } = context;
  const { runId, connectionId } = input;
  const plan = await store.plans.appliedBy(runId);
  if (plan?.approval?.exact === true) await checkExact(context, input, plan);
  const held = plan !== undefined || (await isAccepted(context, input)) ? undefined : await holdsBack(context, input);
  if (held !== undefined) return { held };
  await store.limits.judged(runId);
  const run = await store.runs.get(runId);
  if (run?.legal_entity === null) await store.health.record({ connectionId, subject: 'held', problem: null, runId });
  return { held: null };
}

/** Returns whether a person has accepted the limits of this run. */
async function isAccepted({ store }: StepContext, run: RunToPlan): Promise<boolean> {
  return (await store.runGrants.list(run)).has('limits');
}

/** Returns why a run is held. In most runs, nothing can exceed a limit, which takes two queries to see. */
async function holdsBack(context: StepContext, run: RunToPlan): Promise<Held | undefined> {
  const { store } = context;
  const connection = await store.connections.require(run.connectionId);
  const review = reviewOf(connection.settings);
  if (review.every === 'off') return undefined;
  const sizes = await store.limits.sizes(run);
  const basis = await store.limits.basis(run.connectionId);
  const isAsked = review.every === 'ask';
  if (!isAsked && !judge(largestCounts(sizes), basis, review).some(({ tripped }) => tripped)) return undefined;
  const counter = await count(context, { run, connection, sizes, basis, floor: isAsked ? 0 : lowest(review.floor) });
  if (!isAsked) return heldByLimits(counter.limits());
  const operations = counter.operations();
  return operations === 0 ? undefined : heldForApproval(operations);
}

const lowest = (floor: Readonly<Record<string, number>>): number => Math.min(...Object.values(floor));

interface Counting {
  readonly run: RunToPlan;
  readonly connection: Connection;
  readonly sizes: readonly SliceSize[];
  readonly basis: LimitBasis;
  readonly floor: number;
}

/**
 * Counts what a run would write. Accounts are planned as they are. Contacts depend on what becomes of their accounts,
 * so they are planned on copies, if more than `floor` of them count.
 */
async function count(context: StepContext, counting: Counting): Promise<LimitCounter> {
  const { run, connection, sizes, basis, floor } = counting;
  const counter = await createLimitCounter(context.store, connection, basis);
  const [first] = targetLevelsOf(entitiesOf(connection));
  const isFirst = ({ kind }: SliceSize): boolean => first?.kinds.includes(kind) === true;
  const dependent = sizes.filter((size) => !isFirst(size) && (size.isCompleted || floor === 0));
  if (dependent.reduce((sum, { linked, unlinked }) => sum + linked + unlinked, 0) > floor) {
    await planOnCopies(context, run, (page) => counter.add(page));
    return counter;
  }
  for (const size of sizes.filter(isFirst)) await countSlice(context, { run, size, counter });
  return counter;
}

async function countSlice(
  { store }: StepContext,
  { run, size, counter }: { run: RunToPlan; size: SliceSize; counter: LimitCounter },
): Promise<void> {
  const { legalEntity, kind } = size;
  const slice = await openSlice(store, { ...run, legalEntity, kind });
  for await (const rows of plannedPages(store, slice)) await counter.add({ slice, rows });
}
