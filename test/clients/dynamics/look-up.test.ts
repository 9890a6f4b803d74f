import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks, type LoopbackHandler } from '../../fixtures/loopback.ts';
import { clientOf, CUSTOMER, customers, page } from './kit.ts';

afterEach(closeLoopbacks);

describe('a look-up of single accounts', () => {
  /** Creates a handler that filters like F&O: `eq` ignores case, `*` is a wildcard, and pages have two rows. */
  function erpWith(numbers: readonly string[]): LoopbackHandler {
    return (request) => {
      const url = new URL(request.url, 'http://erp.test');
      const wanted = [...(url.searchParams.get('$filter') ?? '').matchAll(/CustomerAccount eq '((?:[^']|'')*)'/g)].map(
        ([, number = '']) =>
          new RegExp(
            `^${number
              .replaceAll("''", "'")
              .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
              .replaceAll('*', '.*')}$`,
            'i',
          ),
      );
      const skip = Number(url.searchParams.get('$skip') ?? 0);
      const rows = numbers.filter((number) => wanted.some((pattern) => pattern.test(number)));
      url.searchParams.set('$skip', String(skip + 2));
      const more = rows.length > skip + 2 ? `${url.pathname}${url.search}` : undefined;
      return page(
        rows.slice(skip, skip + 2).map((CustomerAccount) => ({ ...CUSTOMER, CustomerAccount })),
        more,
      );
    };
  }

  it('uses URLs of less than 2,000 characters', async () => {
    const numbers = Array.from({ length: 120 }, (_none, n) => `US-${String(n).padStart(4, '0')}`);
    const { erp, client } = await clientOf(erpWith(numbers));
    const found = await client.readRecords({ ...customers, keys: [...numbers, 'US-9999'] });
    expect(found.map(({ key }) => key).sort()).toEqual(numbers);
    const lookUps = erp.requests.filter(({ url }) => !url.includes('skip'));
    expect(lookUps.length).toBeGreaterThan(2);
    for (const { url } of lookUps) expect(erp.origin.length + url.length).toBeLessThan(2_000);
  });

  it('finds exact keys with `*`, quotes and other characters, and ignores case as F&O does', async () => {
    const numbers = ['A*1', 'AB1', 'AXX1', 'AYY1', "O'Brien/a?b", 'é&#%+', 'us-5'];
    const { erp, client } = await clientOf(erpWith(numbers));
    const keys = ['A*1', "O'Brien/a?b", 'é&#%+', 'US-5', 'us-5', '', 'nobody'];
    const found = await client.readRecords({ ...customers, keys });
    expect(found.map(({ key }) => key).sort()).toEqual(['A*1', "O'Brien/a?b", 'us-5', 'é&#%+'].sort());
    expect(erp.requests.filter(({ url }) => url.includes('A*1')).length).toBe(2);
  });

  it('without keys sends no request', async () => {
    const { erp, client } = await clientOf(page([]));
    expect(await client.readRecords({ ...customers, keys: [] })).toEqual([]);
    expect(erp.requests).toHaveLength(0);
  });
});
