import { beforeAll, describe, expect, it } from '@jest/globals';
import { chosenCases } from '../fixtures/chosen-cases.ts';
import { createEdits } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** Accounts in which tagging is off, by what a write of tags answers and whether the account settings say it. */
const ACCOUNTS = [
  { tagging: 'refuse', taggingShown: false },
  { tagging: 'ignore', taggingShown: true },
  { tagging: 'refuse', taggingShown: true },
  { tagging: 'ignore', taggingShown: false },
] as const;

const KEYS = ['A1', 'A2', 'A3', 'A4'];

describe.each(chosenCases(ACCOUNTS, 2))('a Zendesk account with %j', (account) => {
  const world = setUpWorld({ worker: false });
  const edits = createEdits(world);
  const names = Object.fromEntries(KEYS.map((key) => [key, `Tagged ${key}`]));
  const writes = async (): Promise<readonly string[]> =>
    (await edits.journal('zendesk')).filter(({ method }) => method !== 'GET').map(({ operation }) => operation);

  beforeAll(async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', account);
    for (const key of ['A1', 'A2']) await edits.addOrganization({ name: `Tagged ${key}` });
    await edits.connect('tags', { tags: names });
    await world.startWorker();
  });

  it('is synced without tags; a note says so, and at most one write of tags is tried', async () => {
    const run = await world.sync('tags');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 4, created: 2, adopted: 2 } });
    expect(run.notes).toContainEqual({ code: 'tagging_off', message: expect.stringContaining('erp_customer') });
    const tried = (await writes()).filter((operation) => operation === 'organizations.tags.add');
    expect(tried.length).toBeLessThanOrEqual(account.taggingShown ? 0 : 1);
  });

  it('is left alone by further runs, full ones too if the settings say it', async () => {
    for (const full of [false, false, account.taggingShown]) {
      await world.sandbox.control('DELETE', '/journal');
      const run = await world.sync('tags', { full });
      expect(run).toMatchObject({ status: 'completed', totals: { read: 4, unchanged: 4 } });
      expect(await writes()).toEqual([]);
      if (!full) expect(run.requests.zendesk).toBeLessThanOrEqual(2);
    }
  });

  it('gets its tags after tagging was switched on, and no write afterwards', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', { tagging: 'on', taggingShown: true });
    expect(await world.sync('tags')).toMatchObject({ status: 'completed', totals: { read: 4, updated: 4 }, notes: [] });
    for (const key of KEYS) expect((await edits.organization(`tags:${key}`)).tags).toEqual(['erp_customer']);
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync('tags')).toMatchObject({ totals: { unchanged: 4 } });
    expect(await writes()).toEqual([]);
  });

  it('loses nothing when tagging is switched off later, and an account that lacks its tag fails no run', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', account);
    await edits.customer('tags', 'A1', { AddressCity: 'Oslo' });
    const { id } = await edits.addOrganization({ name: 'Tagged Late' });
    await edits.customer('tags', 'A5', { OrganizationName: 'Tagged Late', AddressCity: 'Bergen' });
    expect(await world.sync('tags')).toMatchObject({ status: 'completed', totals: { updated: 1, adopted: 1 } });
    expect(await edits.organization('tags:A5')).toMatchObject({ id, tags: [] });
    for (const attempt of [1, 2]) {
      await world.sandbox.control('DELETE', '/journal');
      const run = await world.sync('tags');
      expect([attempt, run.status, run.totals.unchanged]).toEqual([attempt, 'completed', 5]);
      expect(await writes()).toEqual([]);
    }
  });
});
