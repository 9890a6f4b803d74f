import type { MasterProgress, MasterStage, SyncMasterDataInput } from '../contract.ts';
import type { Performer } from '../step-proxy.ts';
import type { RunRef } from '../steps.ts';
import { runWave } from './legal-entity-stage.ts';

/** What every stretch of a master run works with. `input` is what was asked for. */
export interface MasterRun {
  readonly run: RunRef;
  readonly performer: Performer;
  readonly input: SyncMasterDataInput;
}

/** Does one bounded stretch of a master run and says where the run stands then. */
export type Stretch = (master: MasterRun, progress: MasterProgress) => Promise<MasterProgress>;

/** Where a master run begins. */
export const BEGINNING: MasterProgress = {
  stage: 'read',
  kinds: [],
  entities: [],
  contactEntities: [],
  unread: [],
  problems: [],
  waitedMs: 0,
  after: '',
};

const CLAIM_WAIT_MS = 5_000;

/**
 * The stretches of a master run: read all, look what changed in Zendesk, settle all accounts, and only then apply them; then
 * the same with contacts, since an account's organization decides where its contacts belong.
 */
export const STRETCHES: Readonly<Record<Exclude<MasterStage, 'done'>, Stretch>> = {
  read: readAll,
  organizations: readOrganizations,
  compare: compareOrganizations,
  rank: rankAccounts,
  settle: settleReservations,
  apply: applyAll,
  users: compareUsers,
  rankContacts,
  settleContacts,
  applyContacts,
};

async function readAll(master: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const { performer, run, input } = master;
  const only = input.legalEntity?.toLowerCase();
  await performer.perform('prepareZendesk', run, 'Prepare the fields in Zendesk');
  const found = await performer.perform('findLegalEntities', run, 'Find the legal entities to read');
  const wanted = found.entities.filter((entity) => only === undefined || entity === only);
  const wave = {
    run,
    kinds: found.kinds,
    wave: 'read' as const,
    acceptShrink: input.acceptShrink ?? false,
    unread: [],
  };
  const { failed, withoutContacts, problems, waitedMs } = await runWave(wave, wanted);
  for (const legalEntity of failed) {
    await performer.perform(
      'discardReading',
      { ...run, legalEntity, kinds: found.kinds },
      `${legalEntity}: forget the failed reading`,
    );
  }
  const entities = wanted.filter((entity) => !failed.includes(entity));
  const contactEntities = found.kinds.includes('contact')
    ? entities.filter((entity) => !withoutContacts.includes(entity))
    : [];
  const unread = [...new Set([...failed, ...found.neverRead.filter((entity) => !entities.includes(entity))])];
  const missing = only !== undefined && wanted.length === 0 ? [notOfConnection(only)] : [];
  const stage = entities.length === 0 ? 'done' : 'organizations';
  return {
    ...progress,
    stage,
    kinds: found.kinds,
    entities,
    contactEntities,
    unread,
    problems: [...problems, ...missing],
    waitedMs: progress.waitedMs + waitedMs,
  };
}

function notOfConnection(legalEntity: string): { code: string; message: string } {
  const message = `Legal entity "${legalEntity}" is not one of this connection: add it to dynamics.legalEntities and apply the connection again.`;
  return { code: 'unknown_legal_entity', message };
}

async function readOrganizations(
  { performer, run, input }: MasterRun,
  progress: MasterProgress,
): Promise<MasterProgress> {
  const { done } = await performer.perform('readOrganizationChanges', run, 'Read what changed in Zendesk');
  return done ? { ...progress, stage: input.full === true ? 'compare' : 'rank' } : progress;
}

async function compareOrganizations({ performer, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const page = { ...run, after: progress.after };
  const { next } = await performer.perform('compareOrganizations', page, 'Compare all linked organizations');
  return next === null ? { ...progress, stage: 'rank', after: '' } : { ...progress, after: next };
}

async function rankAccounts({ performer, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  await performer.perform('rankAccounts', run, 'Rank the accounts');
  return { ...progress, stage: 'settle', after: '' };
}

async function settleReservations({ performer, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const page = { ...run, after: Number(progress.after), unread: progress.unread };
  const { next } = await performer.perform('settleReservations', page, 'Reserve external ids and names');
  return next === null ? { ...progress, stage: 'apply', after: '' } : { ...progress, after: String(next) };
}

async function applyAll(master: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const { performer, run } = master;
  for (;;) {
    const { waiting } = await performer.perform('takeOverClaims', run, 'Take over what ended runs had claimed');
    if (waiting === 0) break;
    await performer.pause(CLAIM_WAIT_MS, `${waiting} ended run(s) still have jobs running in Zendesk`);
  }
  const kinds = progress.kinds.filter((kind) => kind !== 'contact');
  const wave = { run, kinds, wave: 'apply' as const, acceptShrink: false, unread: progress.unread };
  const { problems, waitedMs } = await runWave(wave, progress.entities);
  const next = master.input.full === true ? 'users' : 'rankContacts';
  return {
    ...progress,
    stage: progress.contactEntities.length === 0 ? 'done' : next,
    problems: [...progress.problems, ...problems],
    waitedMs: progress.waitedMs + waitedMs,
  };
}

async function compareUsers({ performer, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const page = { ...run, after: progress.after };
  const { next } = await performer.perform('compareUsers', page, 'Compare all linked users');
  return next === null ? { ...progress, stage: 'rankContacts', after: '' } : { ...progress, after: next };
}

async function rankContacts({ performer, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  await performer.perform('rankContacts', run, 'Rank the contacts');
  return { ...progress, stage: 'settleContacts', after: '' };
}

async function settleContacts({ performer, run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const page = { ...run, after: Number(progress.after) };
  const { next } = await performer.perform('settleContacts', page, 'Tie contacts to organizations');
  return next === null ? { ...progress, stage: 'applyContacts', after: '' } : { ...progress, after: String(next) };
}

async function applyContacts({ run }: MasterRun, progress: MasterProgress): Promise<MasterProgress> {
  const wave = { run, kinds: ['contact' as const], wave: 'apply-contacts' as const, acceptShrink: false, unread: [] };
  const { problems, waitedMs } = await runWave(wave, progress.contactEntities);
  return {
    ...progress,
    stage: 'done',
    problems: [...progress.problems, ...problems],
    waitedMs: progress.waitedMs + waitedMs,
  };
}
