import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../../store/store.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';

describe('the audit', () => {
  let store: Store;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, close } = await openTestStore());
  });
  afterAll(() => close());

  const note = (actor: string, action: string, subject: string | null) =>
    store.audit.add({ actor, action, subject, detail: null });

  it('lists who did what, newest first, all of it or of one connection', async () => {
    await note('admin', 'connection.apply', 'contoso');
    await note('token 1', 'connection.sync', 'contoso');
    await note('token 1', 'connection.sync', 'fabrikam');
    await note('admin', 'keys.rotate', null);
    const all = await store.audit.list({});
    expect(all.total).toBe(4);
    expect(all.items.map(({ actor, action }) => `${actor}: ${action}`)).toEqual([
      'admin: keys.rotate',
      'token 1: connection.sync',
      'token 1: connection.sync',
      'admin: connection.apply',
    ]);
    expect(all.items[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const newest = await store.audit.list({ subject: 'contoso', limit: 1 });
    expect(newest).toMatchObject({ total: 2, items: [{ actor: 'token 1', subject: 'contoso', detail: null }] });
  });

  it('outlives the connection that it is about', async () => {
    await saveConnection(store, 'gone');
    await note('admin', 'connection.remove', 'gone');
    await store.connections.remove('gone');
    expect(await store.audit.list({ subject: 'gone' })).toMatchObject({ total: 1 });
  });
});
