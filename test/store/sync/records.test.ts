import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DEFAULT_KINDS } from '../../../domain/entities.ts';
import type { Store } from '../../../store/store.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';

describe('the records of a connection', () => {
  let store: Store;
  let client: pg.Client;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const opened = await openTestStore();
    ({ store } = opened);
    client = new pg.Client({ connectionString: opened.url });
    await client.connect();
    close = async () => {
      await client.end();
      await opened.close();
    };
    await saveConnection(store, 'contoso');
    await add({ kind: 'customer', key: 'US-001', state: 'rejected', code: 'name_ambiguous' });
    await add({ key: '000901', state: 'created', zendesk_id: '71' });
    await add({ key: '000902', state: 'created', zendesk_id: '72', code: 'email_shared' });
    await add({ key: '000903', state: 'skipped', code: 'same_person', follows_entity: 'usmf', follows_key: '000901' });
    await add({ key: '000904', state: 'rejected', code: 'user_deleted', zendesk_id: '74', refused_attempt: 'x' });
    await add({ key: '000905', state: 'rejected', code: 'email_shared', refused_attempt: 'x' });
  });
  afterAll(() => close());

  /** Adds a record as an earlier run has left it; a contact of usmf unless the row says otherwise. */
  async function add(row: Readonly<Record<string, string>>): Promise<void> {
    const target = row['kind'] === 'customer' ? 'organization' : 'user';
    const all = { connection_id: 'contoso', legal_entity: 'usmf', kind: 'contact', target, plain_name: 'N', ...row };
    const columns = Object.keys({ ...all, plain_name_key: 'n' });
    const places = columns.map((_column, index) => `$${index + 1}`);
    const statement = `insert into records (${columns.join(', ')}) values (${places.join(', ')})`;
    await client.query(statement, [...Object.values(all), 'n']);
  }
  const keysOf = async (filter: { kind?: string; code?: string; state?: string }) =>
    (await store.records.list('contoso', filter)).items.map(({ key }) => key).sort();

  it('show a contact that is the same person as another one with the user of that one', async () => {
    const { items } = await store.records.list('contoso', { kind: 'contact' });
    const users = Object.fromEntries(items.map(({ key, zendeskId }) => [key, zendeskId]));
    expect(users).toEqual({ '000901': '71', '000902': '72', '000903': '71', '000904': '74', '000905': null });
  });

  it('are found by kind, state and code, remarks on records that are not rejected included', async () => {
    expect(await keysOf({ kind: 'customer' })).toEqual(['US-001']);
    expect(await keysOf({ code: 'email_shared' })).toEqual(['000902', '000905']);
    expect(await keysOf({ code: 'email_shared', state: 'created' })).toEqual(['000902']);
    expect(await store.records.list('contoso', { kind: 'contact', code: 'same_person' })).toMatchObject({ total: 1 });
  });

  it('are retried by entity, kind and id, whatever the case of the entity, and only when rejected', async () => {
    const keys = ['USMF/contact/000905', 'usmf/contact/000902', 'usmf/customer/000904'];
    expect(await store.records.allowRetry('contoso', { keys, kinds: DEFAULT_KINDS })).toEqual([
      { legalEntity: 'usmf', kind: 'contact', key: '000905' },
    ]);
  });

  it('lose the link to a deleted user when they are retried, so that the user is created again', async () => {
    await store.records.allowRetry('contoso', { code: 'user_deleted', keys: [], kinds: DEFAULT_KINDS });
    const { items } = await store.records.list('contoso', { code: 'user_deleted' });
    expect(items).toMatchObject([{ key: '000904', zendeskId: null }]);
  });
});
