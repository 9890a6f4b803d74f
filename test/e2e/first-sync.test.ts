import { beforeAll, describe, expect, it } from '@jest/globals';
import { isAccountedFor } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import type { SandboxOrganization } from '../fixtures/sandbox.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('the first syncs of a distributor with two legal entities', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox' });
  let before: SandboxOrganization[];
  let first: RunReport;
  let second: RunReport;

  beforeAll(async () => {
    await world.connect('contoso');
    before = await world.organizations();
    first = await world.sync('contoso');
    second = await world.sync('contoso');
  });

  it('account for every record, per legal entity and kind', () => {
    expect(first).toMatchObject({ status: 'completed', error: null });
    expect(first.phases.map(({ legalEntity, kind }) => `${legalEntity} ${kind}`)).toEqual([
      'frrt customer',
      'frrt vendor',
      'usmf customer',
      'usmf vendor',
    ]);
    for (const phase of first.phases)
      expect({ phase, accounted: isAccountedFor(phase) }).toEqual({ phase, accounted: true });
    expect(first.totals.read).toBeGreaterThan(80);
    expect(first.totals.created).toBeGreaterThan(50);
    expect(first.totals.adopted).toBeGreaterThan(0);
  });

  it('leave every ERP account with exactly one organization or one rejection', async () => {
    const organizations = await world.organizations();
    const { items: records } = await world.store.records.list('contoso', {});
    expect(records).toHaveLength(first.totals.read);
    const byExternalId = new Map<string, number>();
    for (const { external_id: id } of organizations)
      if (id !== null) byExternalId.set(id, (byExternalId.get(id) ?? 0) + 1);
    for (const record of records) {
      if (record.state === 'rejected')
        expect(record).toMatchObject({ code: expect.any(String) as unknown, action: expect.any(String) as unknown });
      else expect(byExternalId.get(record.externalId ?? '')).toBe(1);
    }
    const written = records.filter(({ state }) => state !== 'rejected');
    expect(written).toHaveLength(byExternalId.size);
  });

  it('write the account into our fields and our tag', async () => {
    const organizations = await world.organizations();
    const { items: records } = await world.store.records.list('contoso', { kind: 'vendor' });
    const vendor = records.find(({ state }) => state !== 'rejected');
    const organization = organizations.find(({ external_id: id }) => id === vendor?.externalId);
    expect(organization?.tags).toContain('erp_vendor');
    expect(organization?.organization_fields).toMatchObject({
      erp_account_number: vendor?.key,
      erp_account_type: 'vendor',
      erp_legal_entity: vendor?.legalEntity,
    });
  });

  it('change nothing that people wrote into the organizations', async () => {
    const after = new Map((await world.organizations()).map((organization) => [organization.id, organization]));
    for (const typed of before) {
      const { notes, details, domain_names: domains, tags } = typed;
      const now = after.get(typed.id);
      expect(now).toMatchObject({ notes, details, domain_names: domains });
      expect(now?.tags.filter((tag) => !tag.startsWith('erp_'))).toEqual(tags);
    }
  });

  it('change nothing the second time, and make no request per account', () => {
    expect(second).toMatchObject({ status: 'completed', totals: { created: 0, updated: 0, adopted: 0 } });
    expect(second.totals).toMatchObject({ read: first.totals.read, rejected: first.totals.rejected });
    expect(second.requests.zendesk).toBeLessThanOrEqual(2);
  });

  it('send no mail', async () => {
    expect(await world.sandbox.control('GET', '/counts')).toMatchObject({ mailsSent: 0 });
  });
});
