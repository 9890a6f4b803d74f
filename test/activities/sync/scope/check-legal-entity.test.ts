import { describe, expect, it } from '@jest/globals';
import { acceptReading } from '../../../../activities/sync/reading/read-records.ts';
import { findLegalEntities } from '../../../../activities/sync/scope/find-legal-entities.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

const accept = (run: TestRun, kind = 'customer') => acceptReading(run.context, run.slice(kind));
const notesOf = async ({ runId }: TestRun) => (await at.store.reports.get(runId))?.notes;

describe('checking a legal entity of which nothing was ever read', () => {
  it('fails if F&O does not have it, and names the nearest names', async () => {
    const run = await at.begin();
    await expect(accept(run)).rejects.toMatchObject({
      ...{ type: 'unknown_legal_entity', nonRetryable: true },
      message: expect.stringMatching(`no legal entity "${run.legalEntity}".*nearest names`),
    });
    expect(await at.store.staging.counts(run.connectionId, run.slice())).toMatchObject({ lastAccepted: undefined });
  });

  it('fails whatever its case in F&O and whichever kind is read first', async () => {
    const run = await at.begin();
    await expect(accept(run, 'contact')).rejects.toMatchObject({ type: 'unknown_legal_entity' });
    const upper = run.legalEntity.toUpperCase();
    await at.sandbox.control('PUT', `/state/dynamics/vendors/${upper}/V1`, { VendorOrganizationName: 'One' });
    expect(await accept(run)).toEqual({ records: 0 });
  });

  it('accepts a legal entity that has accounts although the list lacks it', async () => {
    const run = await at.begin();
    await at.sandbox.control('PUT', `/state/dynamics/customers/${run.legalEntity}/A1`, { OrganizationName: 'One' });
    await at.sandbox.control('PATCH', '/settings/dynamics', { missingRows: [`/${run.legalEntity.toUpperCase()}`] });
    expect(await accept(run)).toEqual({ records: 0 });
  });

  it('notes that it could not check the name if the list of legal entities may not be read', async () => {
    const run = await at.begin();
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['LegalEntities'] });
    expect(await accept(run)).toEqual({ records: 0 });
    expect(await notesOf(run)).toMatchObject([{ code: 'legal_entity_unchecked' }]);
  });

  it('needs no request if something was read before, or in this run', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    const { operations } = await at.observe(() => accept(run, 'contact'));
    expect(operations).toEqual([]);
  });
});

describe('known records of other legal entities', () => {
  it('are noted on the run, and stay', async () => {
    const before = await at.begin();
    await at.plan(before, before.customer('A1'));
    await at.query(`update records set zendesk_id = '7' where connection_id = $1`, before.connectionId);
    const connection = await at.store.connections.require(before.connectionId);
    const { id, name, externalIdTemplate, settings } = connection;
    const dynamics = { ...settings.dynamics, legalEntities: ['usmf'] };
    await at.store.connections.save({
      ...{ id, name, externalIdTemplate },
      state: 'active',
      settings: { ...settings, dynamics },
    });
    const run = await at.next(before);
    await findLegalEntities(run.context, run.ref);
    const [note] = (await notesOf(run)) ?? [];
    expect(note).toMatchObject({ code: 'out_of_scope' });
    expect(note?.message).toContain(`${before.legalEntity} (1)`);
    expect(note?.message).toContain('dynamics.legalEntities');
  });

  it('are noted, too, if F&O lists all legal entities but one of them no longer', async () => {
    const run = await at.begin((settings) => ({ ...settings, dynamics: { ...settings.dynamics, legalEntities: [] } }));
    await at.plan(run, run.customer('A1'));
    await at.query(`update records set zendesk_id = '7' where connection_id = $1`, run.connectionId);
    await findLegalEntities(run.context, run.ref);
    expect((await notesOf(run))?.[0]?.message).toContain(`Dynamics 365 no longer lists ${run.legalEntity}`);
  });
});
