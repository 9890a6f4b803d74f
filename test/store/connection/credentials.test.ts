import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openStore, type Store } from '../../../store/store.ts';
import { seal, SealError, unseal, type KeyRing } from '../../../store/connection/sealing.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore, TEST_KEYS } from '../../fixtures/database.ts';

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

  it('that a remote system has issued are neither replaced by the former ones in the file, nor changed when the file names them too', async () => {
    const at = async () => (await query(`select updated_at from credentials where connection_id = 'fabrikam'`))[0];
    await store.credentials.apply('fabrikam', { 'zendesk.accessToken': 'from-the-file' });
    await store.credentials.replace('fabrikam', { 'zendesk.accessToken': 'issued' });
    expect(await store.credentials.apply('fabrikam', { 'zendesk.accessToken': 'from-the-file' })).toEqual([]);
    expect(await store.credentials.open('fabrikam')).toEqual({ 'zendesk.accessToken': 'issued' });
    const before = await at();
    expect(await store.credentials.apply('fabrikam', { 'zendesk.accessToken': 'issued' })).toEqual([]);
    await store.credentials.replace('fabrikam', { 'zendesk.accessToken': 'issued' });
    expect(await at()).toEqual(before);
    expect(await store.credentials.apply('fabrikam', { 'zendesk.accessToken': 'from-the-file' })).toEqual([
      'zendesk.accessToken',
    ]);
  });

  it('are not readable in the database', async () => {
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
    await expect(openStore({ url, keys: stranger })).rejects.toThrow(
      'Stored credentials are encrypted with the key "test", which is not configured.',
    );
    const both = await openStore({ url, keys: [{ id: 'new', key: Buffer.alloc(32, 3) }, ...TEST_KEYS] });
    expect(await both.credentials.open('contoso')).toEqual({ 'zendesk.accessToken': `${SECRET}!` });
    await both.close();
  });

  it('are erased with their connection', async () => {
    expect(await store.connections.remove('contoso')).toBe(true);
    expect(await query(`select 1 from credentials where connection_id = 'contoso'`)).toEqual([]);
    expect(await query(`select 1 from data_keys where connection_id = 'contoso'`)).toEqual([]);
  });
});

describe('the signing secrets of a webhook', () => {
  let store: Store;
  let url: string;
  let close: () => Promise<void>;
  const FIELD = 'zendesk.webhookSecret';
  const connections = { count: 0 };

  beforeAll(async () => {
    ({ store, url, close } = await openTestStore());
  });
  afterAll(() => close());

  /** A connection whose file has brought the first secret, and whose wiring has fetched the second one. */
  async function wired(): Promise<string> {
    connections.count += 1;
    const id = `wired-${connections.count}`;
    await saveConnection(store, id);
    expect(await store.credentials.apply(id, { [FIELD]: 'first' })).toEqual([FIELD]);
    await store.credentials.replace(id, { [FIELD]: 'second' });
    expect(await store.credentials.webhookSecrets(id)).toEqual(['second', 'first']);
    return id;
  }

  async function age(id: string, hours: number): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(
      `update credentials set updated_at = updated_at - make_interval(mins => $2) where connection_id = $1`,
      [id, hours * 60],
    );
    await client.end();
  }
  const fieldsOf = async (id: string): Promise<string[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ field: string }>(
      'select field from credentials where connection_id = $1 order by field',
      [id],
    );
    await client.end();
    return rows.map(({ field }) => field);
  };

  it('are not put back by a file that has the secret of before the wiring', async () => {
    const id = await wired();
    expect(await store.credentials.apply(id, { [FIELD]: 'first' })).toEqual([]);
    expect(await store.credentials.webhookSecrets(id)).toEqual(['second', 'first']);
  });

  it('do not change, and the former one ages on, when the present one is applied or fetched again', async () => {
    const id = await wired();
    await age(id, 23.9);
    expect(await store.credentials.apply(id, { [FIELD]: 'second' })).toEqual([]);
    await store.credentials.replace(id, { [FIELD]: 'second' });
    expect(await store.credentials.webhookSecrets(id)).toEqual(['second', 'first']);
    await age(id, 0.2);
    expect(await store.credentials.webhookSecrets(id)).toEqual(['second']);
    expect(await store.credentials.apply(id, { [FIELD]: 'second' })).toEqual([]);
    expect(await store.credentials.webhookSecrets(id)).toEqual(['second']);
  });

  it('are two at most, and an expired one is erased by the next writing and by a rotation', async () => {
    const id = await wired();
    await store.credentials.replace(id, { [FIELD]: 'third' });
    expect(await store.credentials.webhookSecrets(id)).toEqual(['third', 'second']);
    expect(await store.credentials.open(id)).toEqual({ [FIELD]: 'third' });
    await age(id, 25);
    expect(await fieldsOf(id)).toHaveLength(2);
    await store.credentials.apply(id, {});
    expect(await fieldsOf(id)).toEqual([FIELD]);
    const other = await wired();
    await age(other, 25);
    const ring: KeyRing = [{ id: 'next', key: Buffer.alloc(32, 5) }, ...TEST_KEYS];
    const rotating = await openStore({ url, keys: ring });
    await rotating.credentials.rotate();
    expect(await fieldsOf(other)).toEqual([FIELD]);
    expect(await rotating.credentials.webhookSecrets(other)).toEqual(['second']);
    await rotating.close();
  });

  it('keep the age of the former one through a rotation', async () => {
    const id = await wired();
    await age(id, 23);
    const ring: KeyRing = [
      { id: 'after', key: Buffer.alloc(32, 6) },
      { id: 'next', key: Buffer.alloc(32, 5) },
      ...TEST_KEYS,
    ];
    const rotating = await openStore({ url, keys: ring });
    await rotating.credentials.rotate();
    expect(await rotating.credentials.webhookSecrets(id)).toEqual(['second', 'first']);
    await age(id, 2);
    expect(await rotating.credentials.webhookSecrets(id)).toEqual(['second']);
    await rotating.close();
  });
});
