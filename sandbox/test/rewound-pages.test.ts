import { afterEach, describe, expect, it } from '@jest/globals';
import { runDynamics, type RunningDynamics } from './running-dynamics.ts';
import { at, runZendesk, type RunningZendesk } from './running-zendesk.ts';

let running: RunningDynamics | RunningZendesk | undefined;
afterEach(() => running?.close());

describe('a page whose link is rewound', () => {
  it('leads to an earlier page of the list in F&O, also to the first one', async () => {
    const erp = await runDynamics({ defaultPageSize: 2, honoursMaxPageSize: false });
    running = erp;
    erp.server.state.generateCustomers('usmf', 7);
    const skips = async (back: number): Promise<(string | null)[]> => {
      erp.faults.clear();
      erp.faults.add({ system: 'dynamics', skip: 2, action: { kind: 'rewind', back } });
      const found: (string | null)[] = [];
      let url = '/data/CustomersV3?cross-company=true&$orderby=CustomerAccount';
      for (let page = 0; page < 3; page += 1) {
        url = String((await erp.send('GET', url)).body['@odata.nextLink']);
        found.push(new URL(url).searchParams.get('$skip'));
      }
      return found;
    };
    expect(await skips(1)).toEqual(['2', '4', '4']);
    expect(await skips(2)).toEqual(['2', '4', '2']);
    expect(await skips(99)).toEqual(['2', '4', null]);
  });

  it('leads to an earlier page of a list or an export in Zendesk, whose pages can be short', async () => {
    const zendesk = await runZendesk();
    running = zendesk;
    Object.assign(zendesk.server.settings, { longestPage: 2, longestExportPage: 2, exportExcludesNewestSeconds: 0 });
    for (const name of ['A', 'B', 'C', 'D', 'E', 'F', 'G'])
      await zendesk.send('POST', 'organizations', { body: { organization: { name } } });
    const follow = async (path: string, cursorOf: (body: object) => unknown, link: string): Promise<unknown[]> => {
      zendesk.faults.clear();
      zendesk.faults.add({ system: 'zendesk', skip: 2, action: { kind: 'rewind' } });
      const cursors: unknown[] = [];
      for (let page = 0; page < 3; page += 1) {
        const from = page === 0 ? '' : `${link}${encodeURIComponent(String(cursors.at(-1)))}`;
        cursors.push(cursorOf((await zendesk.send('GET', `${path}${from}`)).body));
      }
      return cursors;
    };
    const list = await follow(
      'organizations?page[size]=100',
      (body) => at(body, 'meta', 'after_cursor'),
      '&page[after]=',
    );
    expect([new Set(list).size, list[2]]).toEqual([2, list[1]]);
  });
});

describe('a record in an unexpected form', () => {
  it('is shown with these members, among neighbours as they are', async () => {
    const zendesk = await runZendesk();
    running = zendesk;
    const created = await zendesk.send('POST', 'organizations', { body: { organization: { name: 'Odd' } } });
    const id = at(created.body, 'organization', 'id');
    await zendesk.send('POST', 'organizations', { body: { organization: { name: 'Even' } } });
    Object.assign(zendesk.server.settings, {
      malformedRecords: { [String(id)]: { name: null, organization_fields: [] } },
    });
    const { body } = await zendesk.send('GET', 'organizations');
    expect(at(body, 'organizations')).toMatchObject([{ id, name: null, organization_fields: [] }, { name: 'Even' }]);
  });
});
