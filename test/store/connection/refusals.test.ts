import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '../../../store/store.ts';
import { TEST_SETTINGS } from '../../fixtures/accounts.ts';
import { createDatabase, execute, TEST_KEYS, type TestDatabase } from '../../fixtures/database.ts';

const ID = 'contoso';
const SHOW = { system: 'zendesk', operation: 'show users' } as const;
const LIST = { system: 'zendesk', operation: 'list webhooks' } as const;

describe('the refusals of a connection', () => {
  let database: TestDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore({ url: database.url, keys: TEST_KEYS });
    const connection = { id: ID, name: ID, settings: TEST_SETTINGS, externalIdTemplate: '{accountNumber}' };
    await store.connections.save({ ...connection, state: 'active' });
  });
  beforeEach(async () => {
    await store.refusals.forget(ID);
    await store.refusals.succeed(ID, SHOW);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const refuse = (call: { system: 'zendesk' | 'entra'; operation: string } = SHOW) =>
    store.refusals.refuse({ connectionId: ID, ...call, kind: 'unauthorized', code: '401', message: 'Refused.' });
  const due = () => execute(database.url, `update refusals set next_at = now() where connection_id = '${ID}'`);

  it('count once, however many workers are refused at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => refuse()));
    expect(all.map((one) => one.isConfirmed || one.attempts)).toEqual(all.map(() => 1));
    expect(await store.refusals.unconfirmed(ID)).toMatchObject([{ ...SHOW, attempts: 1, neededAttempts: 3 }]);
  });

  it('are confirmed by two further attempts that are due', async () => {
    expect(await refuse()).toMatchObject({ isConfirmed: false, attempts: 1 });
    await due();
    expect(await refuse()).toMatchObject({ isConfirmed: false, attempts: 2 });
    expect(await store.refusals.isRejected(ID)).toBe(false);
    await due();
    expect(await refuse()).toEqual({ isConfirmed: true, worksElsewhere: false });
    expect(await store.refusals.isRejected(ID)).toBe(true);
    expect(await store.refusals.unconfirmed()).toEqual([]);
  });

  it('are cleared by a success of the same request', async () => {
    await refuse();
    await due();
    await store.refusals.succeed(ID, SHOW);
    expect(await refuse()).toMatchObject({ isConfirmed: false, attempts: 1 });
  });

  it('are of one request only if the credential is accepted for others in between', async () => {
    await refuse();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await due();
      await store.refusals.succeed(ID, LIST);
      if (attempt === 0) await refuse();
    }
    expect(await refuse()).toEqual({ isConfirmed: true, worksElsewhere: true });
  });

  it('are confirmed at once for a credential that has not worked since it was applied', async () => {
    expect(await refuse({ system: 'entra', operation: 'request a token' })).toMatchObject({ isConfirmed: true });
    await store.credentials.apply(ID, { 'zendesk.accessToken': 'another-token' });
    expect(await refuse()).toMatchObject({ isConfirmed: true });
  });

  it('of the grant are not cleared because the access token still works', async () => {
    const refresh = { system: 'zendesk', operation: 'refresh the tokens' } as const;
    expect(await refuse(refresh)).toMatchObject({ isConfirmed: false });
    await store.refusals.succeed(ID, SHOW);
    await due();
    await refuse(refresh);
    await due();
    expect(await refuse(refresh)).toEqual({ isConfirmed: true, worksElsewhere: false });
  });
});
