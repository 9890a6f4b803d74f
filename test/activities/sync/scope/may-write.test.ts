import { describe, expect, it } from '@jest/globals';
import { readZendeskChanges } from '../../../../activities/sync/prepare-target.ts';
import { beginRun } from '../../../../activities/sync/run.ts';
import { EVERY, type GoScope } from '../../../../domain/connection/go.ts';
import { DEFAULT_REVIEW } from '../../../../domain/connection/review-settings.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { ChangeSettings, TestRun } from '../../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

const review = { ...DEFAULT_REVIEW, every: 'off' as const };
const reviewed: ChangeSettings = (settings) => ({ ...settings, review });
const give = (run: TestRun, go: GoScope) =>
  at.store.gos.give(run.connectionId, [go], {
    actor: 'admin',
    action: 'test',
    subject: run.connectionId,
    detail: null,
  });

describe('a run of which only some slices have a go', () => {
  it('plans all, skips the records of the others, and writes them once they have their go', async () => {
    const run = await at.begin(reviewed);
    await give(run, { legalEntity: EVERY, kind: 'contact' });
    await at.plan(run, run.customer('A1'), run.customer('A2', { name: 'Second' }));
    expect(await at.staged(run)).toMatchObject({
      A1: { operation: null, outcome: 'skipped' },
      A2: { operation: null, outcome: 'skipped' },
    });
    const { items } = await at.store.records.list(run.connectionId, { code: 'no_go' });
    expect(items).toMatchObject([
      { key: 'A1', state: 'skipped', action: expect.stringContaining(`ledgerdesk sync ${run.connectionId}`) },
      { key: 'A2', state: 'skipped' },
    ]);
    await give(run, { legalEntity: run.legalEntity, kind: 'customer' });
    const next = await at.next(run);
    await at.plan(next, next.customer('A1'));
    expect(await at.staged(next)).toMatchObject({ A1: { operation: 'create', outcome: null } });
  });

  it('creates no custom field of users if only customers have their go', async () => {
    const run = await at.begin(reviewed);
    await give(run, { legalEntity: EVERY, kind: 'customer' });
    await at.query('delete from field_checks where connection_id = $1', run.connectionId);
    const writes = async (target: 'organization' | 'user') => {
      const page = { ...run.ref, target, after: '', full: false };
      const { entries } = await at.observe(() => readZendeskChanges(run.context, page));
      return entries.filter(({ method }) => method === 'POST').length;
    };
    expect(await writes('user')).toBe(0);
    expect(await writes('organization')).toBeGreaterThan(0);
  });
});

describe('beginning a run', () => {
  it('needs a go for something that the run covers', async () => {
    const run = await at.begin(reviewed);
    await at.store.runs.abandon(run.runId);
    const begin = async (more: object) =>
      (await beginRun(run.context, { ...run.ref, kind: 'master', full: false, acceptShrink: false, ...more })).state;
    const vendors = { legalEntity: run.legalEntity, kind: 'vendor' };
    expect(await begin({})).toBe('no_go');
    await give(run, { legalEntity: run.legalEntity, kind: 'customer' });
    expect(await begin({ legalEntity: 'other' })).toBe('no_go');
    expect(await begin({ runId: 'resync', kind: 'account', slice: vendors })).toBe('no_go');
    expect(await begin({ runId: 'resync', kind: 'account', slice: { ...vendors, kind: 'customer' } })).toBe('begun');
    expect(await begin({})).toBe('begun');
  });
});
