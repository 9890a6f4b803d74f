import { describe, expect, it } from '@jest/globals';
import { useStepTests } from '../../../fixtures/step-context.ts';
import { checkOf } from './pings.ts';

const at = useStepTests();

describe('the check of tagging', () => {
  it.each([
    ['on', true, 'ok'],
    ['on', false, 'ok'],
    ['ignore', true, 'warn'],
    ['refuse', true, 'warn'],
  ])('for an account with tagging %s, shown: %j, says %s and writes nothing', async (tagging, taggingShown, status) => {
    const run = await at.begin();
    await at.sandbox.control('PATCH', '/settings/zendesk', { tagging, taggingShown });
    const { result, entries } = await at.observe(() => checkOf(at, run, 'zendesk.tagging'));
    expect(result).toMatchObject({ status });
    if (status === 'warn') expect(result?.detail).toContain('erp_customer');
    expect(entries.filter(({ path, method }) => path.includes('tags') && method !== 'GET')).toEqual([]);
  });

  it('warns of tags that were lost although the settings say nothing', async () => {
    const run = await at.begin();
    await at.sandbox.control('PATCH', '/settings/zendesk', { taggingShown: false });
    await at.store.taggingChecks.save(run.connectionId, 'organization', { isOff: true, shown: null });
    expect(await checkOf(at, run, 'zendesk.tagging')).toMatchObject({ status: 'warn' });
  });
});
