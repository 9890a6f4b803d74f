import { patched } from '@temporalio/workflow';
import { heldError } from '../../domain/review/held.ts';
import type { Level, MasterProgress, MasterStage, SyncMasterDataInput } from '../contract.ts';
import type { StepProxy } from '../step-proxy.ts';
import type { RunRef, TargetRef } from '../steps.ts';
import { runEntityStage, type EntityStage } from './legal-entity-stage.ts';

/** A master run with its steps. `input` is the input of the workflow. */
export interface MasterRun {
  readonly run: RunRef;
  readonly proxy: StepProxy;
  readonly input: SyncMasterDataInput;
}

/** A function that does one bounded part of a master run and returns the new progress. */
export type Stage = (master: MasterRun, progress: MasterProgress) => Promise<MasterProgress>;

/** The progress with which a master run begins. */
export const BEGINNING: MasterProgress = {
  stage: 'read',
  level: 0,
  levels: [],
  entities: [],
  notRead: [],
  incompleteEntities: [],
  problems: [],
  waitedMs: 0,
  after: '',
  plannedAgain: false,
};

const CLAIM_WAIT_MS = 5_000;

/**
 * The stages of a master run. It reads everything first, from F&O and then, level by level, changes from Zendesk. Then,
 * level by level, it reserves for all records of the level, and applies them. Records of a later level depend on the
 * outcomes of earlier ones. Before the first level is applied, the limits of the connection are judged for all levels.
 */
export const STAGES: Readonly<Record<Exclude<MasterStage, 'done'>, Stage>> = {
  read: readAll,
  changes: readZendeskChanges,
  compare: compareWithZendesk,
  rank: rankRecords,
  reserve: reserveRecords,
  judge: judgeLimits,
  apply: applyLevel,
};

async function readAll({ proxy, run, input }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const { steps } = proxy;
  const only = input.legalEntity?.toLowerCase();
  const found = await steps.findLegalEntities(run, 'Find the legal entities to read');
  const wanted = found.entities.filter((entity) => only === undefined || entity === only);
  const [first, ...later] = found.levels;
  const stage: EntityStage = {
    ...{ run, stage: 'read', summary: 'Read from Dynamics 365' },
    kindsOf: () => first?.kinds ?? [],
    dependentKinds: later.flatMap(({ kinds }) => kinds),
  };
  const { failed, notRead, problems, waitedMs } = await runEntityStage(stage, wanted);
  const kinds = found.levels.flatMap((level) => level.kinds);
  for (const legalEntity of failed)
    await steps.discardReading({ ...run, legalEntity, kinds }, `${legalEntity}: discard the failed reading`);
  const entities = wanted.filter((entity) => !failed.includes(entity));
  const incomplete = incompleteEntities(found.levels, { failed, notRead });
  const neverRead = found.neverRead.filter((entity) => !entities.includes(entity));
  const missing = only !== undefined && wanted.length === 0 ? [notOfConnection(only)] : [];
  return {
    ...progress,
    stage: entities.length === 0 ? 'done' : 'changes',
    levels: found.levels,
    entities,
    notRead,
    incompleteEntities: [...new Set([...incomplete, ...neverRead])],
    problems: [...problems, ...missing],
    waitedMs: progress.waitedMs + waitedMs,
    ...(patched('limits') && { readsAhead: true }),
  };
}

/**
 * Returns the legal entities of which some accounts were not read, so that an organization may belong to such an
 * account.
 */
function incompleteEntities(
  levels: readonly Level[],
  { failed, notRead }: Pick<MasterProgress, 'notRead'> & { readonly failed: readonly string[] },
): readonly string[] {
  const kinds = levels.filter(({ target }) => target === 'organization').flatMap((level) => level.kinds);
  return [...failed, ...notRead.filter(({ kind }) => kinds.includes(kind)).map(({ legalEntity }) => legalEntity)];
}

function notOfConnection(legalEntity: string): { code: string; message: string } {
  const message = `The legal entity "${legalEntity}" does not belong to this connection. Add it to dynamics.legalEntities and run \`ledgerdesk connection apply FILE\`.`;
  return { code: 'unknown_legal_entity', message };
}

async function readZendeskChanges(
  { proxy: { steps }, run, input }: MasterRun,
  progress: MasterProgress,
): Promise<MasterProgress> {
  const full = input.full ?? false;
  const page = { ...targetOf(run, progress), after: progress.after, full };
  const { next } = await steps.readZendeskChanges(page, `Read changed ${page.target}s from Zendesk`);
  if (next !== null) return { ...progress, after: next };
  return full ? { ...progress, stage: 'compare', after: '' } : afterChanges(progress);
}

async function compareWithZendesk(
  { proxy: { steps }, run }: MasterRun,
  progress: MasterProgress,
): Promise<MasterProgress> {
  const page = { ...targetOf(run, progress), after: progress.after };
  const { next } = await steps.compareWithZendesk(page, `Compare all linked ${page.target}s`);
  return next === null ? afterChanges(progress) : { ...progress, after: next };
}

/** Returns the progress after the changes of a level were read. */
function afterChanges(progress: MasterProgress): MasterProgress {
  const done: MasterProgress = { ...progress, stage: 'rank', after: '' };
  if (progress.readsAhead !== true) return done;
  const next = nextReadLevel(progress);
  return next < 0 ? { ...done, level: 0 } : { ...done, stage: 'changes', level: next };
}

async function rankRecords({ proxy: { steps }, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  await steps.rankRecords(targetOf(run, progress), `Rank the ${kindsText(progress)}`);
  return { ...progress, stage: 'reserve', after: '' };
}

async function reserveRecords({ proxy: { steps }, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const { incompleteEntities: incomplete, after } = progress;
  const page = { ...targetOf(run, progress), after: Number(after), incompleteEntities: incomplete };
  const { next } = await steps.reserveRecords(page, `Reserve external ids and names of the ${kindsText(progress)}`);
  if (next !== null) return { ...progress, after: String(next) };
  const isJudged = progress.level > 0 || progress.readsAhead !== true;
  return { ...progress, stage: isJudged ? 'apply' : 'judge', after: '' };
}

/** A run that exceeds a limit writes nothing. It makes a plan of what it would have written, and ends. */
async function judgeLimits({ proxy: { steps }, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const { incompleteEntities: incomplete, problems } = progress;
  const judged = { ...run, incompleteEntities: incomplete };
  const { held } = await steps.judgeLimits(judged, 'Check that the changes do not exceed the limits');
  if (held === null) return { ...progress, stage: 'apply' };
  const asked = { ...judged, why: ['limits'], problems };
  const { planId, hash } = await steps.makePlan(asked, 'Plan all changes, because a person must approve them');
  const error = heldError(held, { connectionId: run.connectionId, planId, hash });
  return { ...progress, stage: 'done', held: { ...error, planId } };
}

async function applyLevel({ proxy, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  if (progress.level === 0) await takeOverClaims(proxy, run);
  const kinds = levelOf(progress).kinds;
  const kindsIn = (entity: string): readonly string[] =>
    kinds.filter((kind) => !progress.notRead.some((one) => one.legalEntity === entity && one.kind === kind));
  const suffix = progress.level === 0 ? '' : `-${kinds.map((kind) => `${kind}s`).join('-')}`;
  const stage: EntityStage = {
    ...{ run, stage: `apply${suffix}`, summary: `Apply ${kindsText(progress)} to Zendesk` },
    kindsOf: kindsIn,
    incompleteEntities: progress.incompleteEntities,
  };
  const entities = (progress.deferred ?? progress.entities).filter((entity) => kindsIn(entity).length > 0);
  const { problems, waitedMs, fieldsChanged, deferred } = await runEntityStage(stage, entities);
  const applied: MasterProgress = {
    ...progress,
    deferred: undefined,
    problems: [...progress.problems, ...problems],
    waitedMs: progress.waitedMs + waitedMs,
  };
  if (!fieldsChanged || progress.plannedAgain) {
    // No record of the level is without an outcome now, so one more pass is enough. Recorded histories have no such pass:
    // their children report no deferred records.
    return deferred.length > 0 && progress.deferred === undefined ? { ...applied, deferred } : nextLevel(applied);
  }
  await proxy.steps.planAgain({ ...run, kinds }, `Plan the ${kindsText(progress)} again with the changed fields`);
  return { ...applied, plannedAgain: true };
}

async function takeOverClaims({ steps, pause }: StepProxy, run: RunRef): Promise<void> {
  for (;;) {
    const { waiting } = await steps.takeOverClaims(run, 'Release the claims of ended runs');
    if (waiting === 0) return;
    await pause(CLAIM_WAIT_MS, `Bulk jobs of ${waiting} ended run(s) are still running in Zendesk`);
  }
}

/** Returns the progress at the next level with a kind that was read, or at the end. */
function nextLevel(progress: MasterProgress): MasterProgress {
  const next = nextReadLevel(progress);
  if (next < 0) return { ...progress, stage: 'done' };
  const stage = progress.readsAhead === true ? 'rank' : 'changes';
  return { ...progress, stage, level: next, after: '', plannedAgain: false };
}

/** Returns the next level with a kind that was read, or a negative number. */
function nextReadLevel({ levels, level, entities, notRead }: MasterProgress): number {
  const isRead = (kind: string): boolean =>
    entities.some((entity) => !notRead.some((one) => one.legalEntity === entity && one.kind === kind));
  return levels.findIndex(({ kinds }, index) => index > level && kinds.some(isRead));
}

function levelOf({ levels, level }: MasterProgress): Level {
  const found = levels[level];
  if (found === undefined) throw new Error(`The run has no level ${level}.`);
  return found;
}

function targetOf(run: RunRef, progress: MasterProgress): TargetRef {
  return { ...run, target: levelOf(progress).target };
}

function kindsText(progress: MasterProgress): string {
  return levelOf(progress)
    .kinds.map((kind) => `${kind}s`)
    .join(' and ');
}
