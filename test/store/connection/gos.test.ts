import { beforeEach, describe, expect, it } from '@jest/globals';
import { EVERY, WHOLE_CONNECTION } from '../../../domain/connection/go.ts';
import { DEFAULT_REVIEW } from '../../../domain/connection/review-settings.ts';
import { NO_REVIEW, saveConnection, TEST_SETTINGS } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';

const at = useConnectedStore();
const ID = 'contoso';
const entry = (detail: string) => ({ actor: 'admin', action: 'connection.sync', subject: ID, detail });
const auditOf = async () => (await at.store.audit.list({ subject: ID })).items.map(({ detail }) => detail);
const scopes = async () => (await at.store.gos.list(ID)).map(({ legalEntity, kind }) => `${legalEntity}/${kind}`);
const save = (review: typeof NO_REVIEW) => saveConnection(at.store, ID, { ...TEST_SETTINGS, review });

describe('the gos of a connection', () => {
  beforeEach(async () => {
    await at.store.connections.remove(ID);
    await save(DEFAULT_REVIEW);
  });

  it('are none at first', async () => {
    expect(await at.store.gos.list(ID)).toEqual([]);
  });

  it('are given together with the entry in the audit, and only once', async () => {
    const before = (await auditOf()).length;
    const customers = { legalEntity: EVERY, kind: 'customer' };
    expect(await at.store.gos.give(ID, [customers], entry('first'))).toBe(true);
    expect(await at.store.gos.give(ID, [customers], entry('again'))).toBe(false);
    expect(await at.store.gos.give(ID, [{ legalEntity: 'usmf', kind: 'customer' }], entry('covered'))).toBe(false);
    expect(await at.store.gos.give(ID, [customers, { legalEntity: 'usmf', kind: EVERY }], entry('more'))).toBe(true);
    expect(await at.store.gos.give(ID, [WHOLE_CONNECTION], entry('all'))).toBe(true);
    expect(await scopes()).toEqual(['*/customer', 'usmf/*', '*/*']);
    expect((await at.store.gos.list(ID))[0]).toMatchObject({ by: 'admin', since: expect.any(String) });
    expect((await auditOf()).slice(0, -before || undefined)).toEqual(['all', 'more', 'first']);
  });

  it('are not given when the audit cannot be written', async () => {
    const broken = { ...entry('x'), action: null as unknown as string };
    await expect(at.store.gos.give(ID, [WHOLE_CONNECTION], broken)).rejects.toThrow();
    expect(await at.store.gos.list(ID)).toEqual([]);
  });

  it('cover everything with review.first off, and stay when it becomes ask', async () => {
    await save(NO_REVIEW);
    const [go] = await at.store.gos.list(ID);
    expect(go).toMatchObject({ ...WHOLE_CONNECTION, by: 'review.first' });
    await save(NO_REVIEW);
    expect(await at.store.gos.list(ID)).toEqual([go]);
    await save(DEFAULT_REVIEW);
    expect(await at.store.gos.list(ID)).toEqual([go]);
  });
});
