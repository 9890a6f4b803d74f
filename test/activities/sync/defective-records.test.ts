import { describe, expect, it } from '@jest/globals';
import { compareWithZendesk, readZendeskChanges } from '../../../activities/sync/prepare-target.ts';
import { readUserChanges } from '../../../activities/support/read-support-changes.ts';
import type { TargetName } from '../../../domain/entity-spec.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests();

const change = (malformedRecords: Record<string, object>) =>
  at.sandbox.control('PATCH', '/settings/zendesk', { malformedRecords });

/** Returns the Zendesk ids and the last outcomes of records, by key. */
async function recordsOf({ connectionId }: TestRun) {
  const rows = await at.query<{ key: string; id: string; state: string; code: string | null; message: string | null }>(
    'select key, zendesk_id as id, state, code, message from records where connection_id = $1',
    connectionId,
  );
  return Object.fromEntries(rows.map(({ key, ...row }) => [key, row]));
}

async function readChanges(run: TestRun, target: TargetName): Promise<void> {
  for (let after: string | null = ''; after !== null;)
    ({ next: after } = await readZendeskChanges(run.context, { ...run.ref, target, after, full: false }));
}

describe('an organization that Zendesk shows in an unexpected form', () => {
  it.each([
    ['has no name', { name: null }, 'name'],
    ['has a list of custom fields', { organization_fields: [] }, 'organization_fields'],
    ['has a number as a tag', { tags: [7] }, 'tags'],
  ])('and %s is listed, its neighbours are synchronized, and it comes back by itself', async (_, members, named) => {
    const first = await at.begin();
    await at.write(first, first.customer('A1'), first.customer('A2'));
    const { A1, A2 } = await recordsOf(first);
    await change({ [A1?.id ?? '']: members });
    const run = await at.next(first);
    await readChanges(run, 'organization');
    await at.plan(run, run.customer('A1', { name: 'New' }), run.customer('A2', { name: 'Other' }));
    const planned = await at.staged(run);
    expect(planned).toMatchObject({ A1: { operation: null, outcome: 'rejected' }, A2: { operation: 'update' } });
    expect((await recordsOf(run))['A1']).toMatchObject({
      ...{ id: A1?.id, state: 'rejected', code: 'zendesk_unreadable' },
      message: expect.stringContaining(named) as unknown,
    });
    expect((await recordsOf(run))['A2']).toMatchObject({ id: A2?.id });
    await change({});
    const later = await at.next(run);
    await readChanges(later, 'organization');
    await at.plan(later, later.customer('A1', { name: 'New' }));
    expect(await at.staged(later)).toMatchObject({ A1: { operation: 'update' } });
  });

  it('is not taken for deleted by a full comparison', async () => {
    const first = await at.begin();
    await at.write(first, first.customer('A1'));
    const { A1 } = await recordsOf(first);
    await change({ [A1?.id ?? '']: { name: null } });
    const run = await at.next(first);
    await compareWithZendesk(run.context, { ...run.ref, target: 'organization', after: '' });
    expect(await recordsOf(run)).toMatchObject({ A1: { id: A1?.id } });
  });
});

describe('a user that Zendesk shows in an unexpected form', () => {
  it.each([
    ['has no name', { name: null }],
    ['has a list of custom fields', { user_fields: [] }],
    ['has an object as external id', { external_id: {} }],
  ])('and %s is listed, and its neighbours are synchronized', async (_, members) => {
    const first = await at.begin();
    await at.write(first, first.customer('A1'));
    await at.write(first, first.contact('C1'), first.contact('C2'));
    const { C1 } = await recordsOf(first);
    await change({ [C1?.id ?? '']: members });
    await readUserChanges(first.context, first.ref);
    const run = await at.next(first);
    await at.plan(run, run.contact('C1', { name: 'New' }), run.contact('C2', { name: 'Other' }));
    expect(await at.staged(run)).toMatchObject({ C1: { outcome: 'rejected' }, C2: { operation: 'update' } });
    expect((await recordsOf(run))['C1']).toMatchObject({ id: C1?.id, code: 'zendesk_unreadable' });
    await change({});
    const later = await at.next(run);
    await readChanges(later, 'user');
    await at.plan(later, later.contact('C1', { name: 'New' }));
    expect(await at.staged(later)).toMatchObject({ C1: { operation: 'update' } });
  });
});
