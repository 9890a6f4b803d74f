import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openStore, type Store } from '../../store/store.ts';
import { seal, SealError, unseal, type KeyRing } from '../../store/sealing.ts';
import { saveConnection } from '../fixtures/accounts.ts';
import { openTestStore, TEST_KEYS } from '../fixtures/database.ts';

const SECRET = 'planted-secret-9f2c';
const KEY = Buffer.alloc(32, 1);

describe('sealed data', () => {
  it('opens only with its key and for its place', () => {
    const sealed = seal(Buffer.from(SECRET), KEY, 'contoso|field');
    expect(unseal(sealed, KEY, 'contoso|field').toString()).toBe(SECRET);
    expect(() => unseal(sealed, Buffer.alloc(32, 2), 'contoso|field')).toThrow(SealError);
    expect(() => unseal(sealed, KEY, 'fabrikam|field')).toThrow(SealError);
  });

  it('does not open when a bit was changed or the tag was cut short', () => {
    const sealed = seal(Buffer.from(SECRET), KEY, 'place');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => unseal(changed, KEY, 'place')).toThrow(SealError);
    }
    const cut = Buffer.concat([sealed.subarray(0, 17), sealed.subarray(29)]);
    expect(() => unseal(cut, KEY, 'place')).toThrow(SealError);
  });

  it('never repeats itself', () => {
    expect(seal(Buffer.from(SECRET), KEY, 'place').equals(seal(Buffer.from(SECRET), KEY, 'place'))).toBe(false);
  });
});

describe('the credentials of a connection', () => {
  let store: Store;
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, url, close } = await openTestStore());
    await saveConnection(store, 'contoso');
    await saveConnection(store, 'fabrikam');
  });
  afterAll(() => close());

  const query = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    await client.end();
    return rows;
  };

  it('come back as they were given', async () => {
    const changed = await store.credentials.apply('contoso', { 'zendesk.accessToken': SECRET });
    expect(changed).toEqual(['zendesk.accessToken']);
    expect(await store.credentials.open('contoso')).toEqual({ 'zendesk.accessToken': SECRET });
  });

  it('stay as they are when the same value is applied again', async () => {
    expect(await store.credentials.apply('contoso', { 'zendesk.accessToken': SECRET })).toEqual([]);
    expect(await store.credentials.apply('contoso', { 'zendesk.accessToken': `${SECRET}!` })).toEqual([
      'zendesk.accessToken',
    ]);
  });

  it('do not stand in the database in any readable form', async () => {
    const rows = await query(
      "select encode(sealed, 'escape') || encode(applied_digest, 'hex') as text from credentials",
    );
    for (const { text } of rows) expect(text).not.toContain(SECRET);
  });

  it('do not open when they were moved to another connection', async () => {
    await store.credentials.apply('fabrikam', { 'zendesk.accessToken': 'other' });
    await query(
      `update credentials set sealed = (select sealed from credentials where connection_id = 'contoso') where connection_id = 'fabrikam'`,
    );
    await expect(store.credentials.open('fabrikam')).rejects.toThrow(SealError);
  });

  it('refuse a start under a wrong key, and take a new key that stands before the old one', async () => {
    const wrong: KeyRing = [{ id: 'test', key: Buffer.alloc(32, 9) }];
    await expect(openStore({ url, keys: wrong })).rejects.toThrow(SealError);
    const stranger: KeyRing = [{ id: 'stranger', key: Buffer.alloc(32, 9) }];
    await expect(openStore({ url, keys: stranger })).rejects.toThrow('Encryption key "test" is needed');
    const both = await openStore({ url, keys: [{ id: 'new', key: Buffer.alloc(32, 3) }, ...TEST_KEYS] });
    expect(await both.credentials.open('contoso')).toEqual({ 'zendesk.accessToken': `${SECRET}!` });
    await both.close();
  });

  it('go with their connection', async () => {
    expect(await store.connections.remove('contoso')).toBe(true);
    expect(await query(`select 1 from credentials where connection_id = 'contoso'`)).toEqual([]);
    expect(await query(`select 1 from data_keys where connection_id = 'contoso'`)).toEqual([]);
  });
});
