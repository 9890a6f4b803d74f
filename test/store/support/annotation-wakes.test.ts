import { beforeEach, describe, expect, it } from '@jest/globals';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { execute } from '../../fixtures/database.ts';

const KEY = { legalEntity: 'usmf', kind: 'customer' as const, key: 'C1' };

describe('the annotation of an account', () => {
  const at = useConnectedStore();
  beforeEach(async () => {
    for (const [key, id] of [
      ['C1', '71'],
      ['C2', '72'],
    ])
      await execute(
        at.url,
        `insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
          values ('contoso', 'usmf', 'customer', 'organization', '${key}', '${key}', '${key}', '${id}')`,
      );
  });

  async function due(...organizations: string[]) {
    const askedAt = await at.store.staging.now();
    return { accounts: await at.store.annotationWakes.due('contoso', organizations, askedAt), askedAt };
  }
  const wake = async (): Promise<void> => {
    const { accounts, askedAt } = await due('71');
    await at.store.annotationWakes.recordWakes('contoso', accounts, askedAt);
  };

  it('is woken after a few seconds, so that the changes that follow are written together', async () => {
    expect((await due('71', '79')).accounts).toEqual([{ ...KEY, delayMs: 3_000 }]);
  });

  it('is not woken again before it has read the tickets', async () => {
    await wake();
    expect((await due('71', '72')).accounts).toEqual([{ ...KEY, key: 'C2', delayMs: 3_000 }]);
  });

  it('is woken again once it has read them, but reads them at most every ten seconds', async () => {
    await wake();
    await at.store.annotationWakes.recordReading('contoso', KEY);
    const [again] = (await due('71')).accounts;
    expect(again?.delayMs).toBeGreaterThan(5_000);
    expect(again?.delayMs).toBeLessThanOrEqual(10_000);
  });

  it('is woken again when it read them before the wake was recorded', async () => {
    const { accounts, askedAt } = await due('71');
    await at.store.annotationWakes.recordReading('contoso', KEY);
    await at.store.annotationWakes.recordWakes('contoso', accounts, askedAt);
    expect((await due('71')).accounts).toHaveLength(1);
  });

  it('is woken again when it has not read them for a minute, since the wake may be lost', async () => {
    await wake();
    await execute(at.url, `update annotation_wakes set woken_at = woken_at - interval '61 seconds'`);
    expect((await due('71')).accounts).toHaveLength(1);
  });
});
