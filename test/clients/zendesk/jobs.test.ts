import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf } from './kit.ts';

afterEach(closeLoopbacks);

const queued = { id: 'V3-69', url: 'x', total: 2, progress: null, status: 'queued', message: null, results: null };

describe('shown jobs', () => {
  it('have the time of their own response, by the clock of Zendesk', async () => {
    const { server, client } = await clientOf((_request, { nth }) => ({
      headers: { date: nth === 1 ? 'Fri, 20 Nov 2026 10:00:07 GMT' : 'Fri, 20 Nov 2026 10:00:08 GMT' },
      body: { job_statuses: [{ id: `V3-${String(nth)}`, status: 'queued' }] },
    }));
    const shown = await client.showJobs(Array.from({ length: 100 }, (_none, n) => `${'x'.repeat(100)}${String(n)}`));
    expect(server.requests).toHaveLength(2);
    expect(shown).toMatchObject([
      { id: 'V3-1', shownAt: '2026-11-20T10:00:07Z' },
      { id: 'V3-2', shownAt: '2026-11-20T10:00:08Z' },
    ]);
  });

  it('have no time if the response has no valid date', async () => {
    const { client } = await clientOf({ headers: { date: 'soon' }, body: { job_statuses: [queued] } });
    expect(await client.showJobs(['V3-69'])).toMatchObject([{ id: 'V3-69', shownAt: null }]);
  });

  it('are an empty list without a request for an empty list of ids', async () => {
    const { server, client } = await clientOf({ body: { job_statuses: [queued] } });
    expect(await client.showJobs([])).toEqual([]);
    expect(server.requests).toHaveLength(0);
  });
});

describe('jobs', () => {
  it('are read with every known shape of results', async () => {
    const results = [
      { status: 'Created', id: 11 },
      { id: 12, action: 'update', status: 'Updated', success: true },
      { index: 0, id: 13, account_id: 1 },
      { index: 1, error: 'OrganizationUpdateFailed', id: 14, details: 'Name:  Contoso has already been taken' },
      {
        index: 2,
        error: 'RecordInvalid',
        details: { name: [{ description: 'Name: X taken', error: 'DuplicateValue' }] },
      },
      { id: 15, success: false, status: 'Failed' },
      { id: 16, error: null, success: true },
    ];
    const { client } = await clientOf({
      body: {
        job_statuses: [
          { ...queued, status: 'completed', progress: 2, message: 'Completed at 2026-11-23 17:22:38 +0000', results },
        ],
      },
    });
    const [job] = await client.showJobs(['V3-69']);
    const item = { ok: true, index: null, error: null, details: null };
    expect(job?.results).toEqual([
      { ...item, id: '11' },
      { ...item, id: '12' },
      { ...item, id: '13', index: 0 },
      {
        ok: false,
        index: 1,
        id: '14',
        error: 'OrganizationUpdateFailed',
        details: 'Name: Contoso has already been taken',
      },
      { ok: false, index: 2, id: null, error: 'RecordInvalid', details: 'name: Name: X taken (DuplicateValue)' },
      { ...item, ok: false, id: '15' },
      { ...item, id: '16' },
    ]);
  });

  it('may have no items, an unknown status, or only id and status', async () => {
    const list = [
      { ...queued, status: 'failed', message: 'Bearer abcdefghijkl broke' },
      { ...queued, status: 'Pausing', results: { success: true } },
      { id: 'V3-70', status: 'killed' },
    ];
    const { client } = await clientOf({ body: { job_statuses: list } });
    expect(await client.showJobs(['a', 'b', 'c'])).toMatchObject([
      { status: 'failed', message: 'Bearer [redacted] broke', results: null },
      { status: 'pausing', results: null },
      { id: 'V3-70', status: 'killed', total: null, results: null },
    ]);
  });

  it('are listed by cursor until the last page, including after an empty page', async () => {
    const { server, client } = await clientOf((_request, { nth }) => ({
      body: {
        job_statuses: nth === 2 ? [] : [{ id: `V3-${String(nth)}`, status: 'queued' }],
        meta: { has_more: nth < 3, after_cursor: `c+${String(nth)}=` },
        links: { next: 'https://evil.example' },
      },
    }));
    expect((await client.listJobs()).map(({ id }) => id)).toEqual(['V3-1', 'V3-3']);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/v2/job_statuses?page[size]=100',
      '/api/v2/job_statuses?page[size]=100&page[after]=c%2B1%3D',
      '/api/v2/job_statuses?page[size]=100&page[after]=c%2B2%3D',
    ]);
  });

  it('are not listed for ever if their pages lead back', async () => {
    const { server, client } = await clientOf({
      body: { job_statuses: [], meta: { has_more: true, after_cursor: 'same' } },
    });
    expect(await failureOf(client.listJobs())).toMatchObject({ kind: 'inconsistent', operation: 'list jobs' });
    expect(server.requests).toHaveLength(4);
  });

  it('are listed from at most 100 pages', async () => {
    const { server, client } = await clientOf((_request, { nth }) => ({
      body: {
        job_statuses: [{ id: `V3-${nth}`, status: 'queued' }],
        meta: { has_more: true, after_cursor: `c${nth}` },
      },
    }));
    expect((await failureOf(client.listJobs())).kind).toBe('unexpected');
    expect(server.requests).toHaveLength(100);
  });
});
