import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault, FaultAction } from '../core/fault-actions.ts';
import type { ApiResponse, RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;
beforeEach(async () => {
  zendesk = await runZendesk();
});
afterEach(() => zendesk.close());

const CREATES = { method: 'POST', path: '/organizations(\\.json)?$' };
const BULK_CREATES = { method: 'POST', path: '/create_many' };

function addFault(action: FaultAction, rest: Partial<Fault> = {}): number {
  return zendesk.faults.add({ system: 'zendesk', match: CREATES, ...rest, action }).id;
}

function create(name: string): Promise<ApiResponse> {
  return zendesk.send('POST', 'organizations', { body: { organization: { name } } });
}

function createMany(names: readonly string[]): Promise<ApiResponse> {
  return zendesk.send('POST', 'organizations/create_many', {
    body: { organizations: names.map((name) => ({ name })) },
  });
}

function names(): string[] {
  return zendesk.server.state.organizations().map(({ name }) => name);
}

describe('a fault', () => {
  it('applies to the requests that it matches, after the skipped ones, as often as it says', async () => {
    addFault({ kind: 'status', status: 503, retryAfter: 7 }, { skip: 1, times: 2 });
    const statuses: number[] = [];
    for (const name of ['A', 'B', 'C', 'D']) statuses.push((await create(name)).status);
    expect(statuses).toEqual([201, 503, 503, 201]);
    expect(names()).toEqual(['A', 'D']);
    expect(zendesk.faults.list()).toEqual([]);
    expect((await zendesk.send('GET', 'organizations')).status).toBe(200);
  });

  it('repeats the request and its credentials in the body `echo`', async () => {
    addFault({ kind: 'status', status: 422, body: 'echo' });
    const { status, body } = await create('Never');
    expect(status).toBe(422);
    const description = at(body, 'description');
    expect(description).toBe(`Bearer ${zendesk.server.credentials.accessToken} {"organization":{"name":"Never"}}`);
    expect(names()).toEqual([]);
  });

  it('responds with a status before the write or after it, with each kind of body', async () => {
    addFault({ kind: 'status', status: 500, when: 'after', body: 'html' });
    const after = await create('Written');
    expect([after.status, after.headers.get('content-type')]).toEqual([500, 'text/html; charset=UTF-8']);
    expect(after.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    const bodies: unknown[] = [];
    for (const body of ['json', 'text', 'edge', 'empty', { error: 'Own' }] as const) {
      addFault({ kind: 'status', status: 429, retryAfter: null, body });
      const response = await create('Never');
      expect(response.headers.get('retry-after')).toBeNull();
      bodies.push(response.text);
    }
    expect(bodies).toEqual([
      '{"error":"APIRateLimitExceeded","description":"Number of allowed API requests per minute exceeded"}',
      'Number of allowed API requests per minute exceeded',
      '{"detail":"Rate limited by Zendesk edge protection","status":"429","title":"Automated response"}',
      '',
      '{"error":"Own"}',
    ]);
    expect(names()).toEqual(['Written']);
  });

  it('closes the connection before or after the write, and the journal shows which took effect', async () => {
    addFault({ kind: 'cut', when: 'before' });
    await expect(create('Before')).rejects.toThrow();
    addFault({ kind: 'cut', when: 'after' });
    await expect(create('After')).rejects.toThrow();
    expect(names()).toEqual(['After']);
    expect(zendesk.journal.items().slice(-2)).toMatchObject([
      { status: null, effect: false, operation: 'organizations.create', fault: 'cut' },
      {
        status: null,
        effect: true,
        operation: 'organizations.create',
        fault: 'cut',
        body: { organization: { name: 'After' } },
      },
    ]);
  });

  it('cuts a response below its announced length', async () => {
    zendesk.server.state.seedOrganization({ name: 'Contoso' });
    addFault({ kind: 'truncate', bytes: 40 }, { match: { method: 'GET' } });
    const { port, credentials } = zendesk.server;
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('utf8')));
    socket.write(
      `GET /api/v2/organizations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${credentials.accessToken}\r\n\r\n`,
    );
    await once(socket, 'close');
    const [head = '', body] = received.split('\r\n\r\n');
    expect(body).toHaveLength(40);
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(300);
  });

  it('holds a response until the fault is removed, whether or not the client waits for it', async () => {
    const id = addFault({ kind: 'hold', when: 'before' }, { times: 2 });
    const impatient = fetch(`${zendesk.server.url}/api/v2/organizations`, {
      method: 'POST',
      signal: AbortSignal.timeout(50),
    });
    await expect(impatient).rejects.toThrow();
    let hasResponse = false;
    const held = create('Held').finally(() => (hasResponse = true));
    await wait(50);
    expect([hasResponse, names()]).toEqual([false, []]);
    expect(zendesk.faults.remove(id)).toBe(true);
    expect((await held).status).toBe(201);
    expect(names()).toEqual(['Held']);
  });

  it('delays a response after the write', async () => {
    addFault({ kind: 'delay', ms: 400, when: 'after' });
    const startedAt = performance.now();
    let hasResponse = false;
    const delayed = create('Slow').finally(() => (hasResponse = true));
    while (names().length === 0) await wait(5);
    expect(hasResponse).toBe(false);
    expect((await delayed).status).toBe(201);
    expect(performance.now() - startedAt).toBeGreaterThan(390);
  });

  it('storms for some simulated time after its first match, with the given waits in turn', async () => {
    addFault({ kind: 'storm', seconds: 120, retryAfter: [1, 90, null] }, { match: {} });
    const waits: (string | null)[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { status, headers } = await create('Stormy');
      expect(status).toBe(429);
      waits.push(headers.get('retry-after'));
    }
    expect(waits).toEqual(['1', '90', null, '1']);
    zendesk.pass(119);
    expect((await create('Stormy')).status).toBe(429);
    zendesk.pass(2);
    expect((await create('Calm')).status).toBe(201);
  });

  it('is refused when its path is not a regular expression', () => {
    expect(() => addFault({ kind: 'cut', when: 'before' }, { match: { path: '(' } })).toThrow(SyntaxError);
  });
});

describe('a fault of a bulk job', () => {
  it('loses the job permanently, with or without its rows', async () => {
    addFault({ kind: 'lose-job', applied: true }, { match: BULK_CREATES });
    const lost = await createMany(['Applied']);
    addFault({ kind: 'lose-job', applied: false }, { match: BULK_CREATES });
    await createMany(['Not applied']);
    const done = await zendesk.finish(await createMany(['Normal']));
    expect(names().sort()).toEqual(['Applied', 'Normal']);
    const id = String(at(lost.body, 'job_status', 'id'));
    expect((await zendesk.send('GET', `job_statuses/${id}`)).status).toBe(404);
    expect((await zendesk.send('GET', `job_statuses/show_many?ids=${id}`)).body['job_statuses']).toEqual([]);
    expect(at(done.body, 'job_status', 'status')).toBe('completed');
  });

  it('fails single rows of a job that completes', async () => {
    addFault({ kind: 'fail-rows', rows: [1], error: 'Odd', details: 'For a reason' }, { match: BULK_CREATES });
    const done = await zendesk.finish(await createMany(['A', 'B', 'C']));
    expect(names().sort()).toEqual(['A', 'C']);
    const results = at(done.body, 'job_status', 'results') as object[];
    expect(results.filter((result) => 'error' in result)).toEqual([
      { index: 1, error: 'Odd', details: 'For a reason' },
    ]);
    zendesk.server.settings.failureItemsCarryIndex = false;
    addFault({ kind: 'fail-rows', rows: [0] }, { match: BULK_CREATES });
    const bare = await zendesk.finish(await createMany(['D']));
    expect(at(bare.body, 'job_status', 'results')).toEqual([
      { error: 'OrganizationCreateFailed', details: 'Something went wrong' },
    ]);
  });

  it('fails the whole job without writing', async () => {
    addFault({ kind: 'fail-job', message: 'Boom' }, { match: BULK_CREATES });
    const done = await zendesk.finish(await createMany(['A']));
    expect(done.body['job_status']).toMatchObject({ status: 'failed', message: 'Boom', results: null });
    expect(names()).toEqual([]);
  });

  it('keeps the job working although its rows are written, and forgets a job that has ended', async () => {
    addFault({ kind: 'stick-job', seconds: 600 }, { match: BULK_CREATES });
    const stuck = await createMany(['Stuck']);
    const path = `job_statuses/${String(at(stuck.body, 'job_status', 'id'))}`;
    while (names().length === 0) await wait(5);
    await wait(60);
    expect((await zendesk.send('GET', path)).body['job_status']).toMatchObject({ status: 'working', results: null });
    addFault({ kind: 'forget-job' }, { match: BULK_CREATES });
    const forgotten = await createMany(['Forgotten']);
    const forgottenPath = `job_statuses/${String(at(forgotten.body, 'job_status', 'id'))}`;
    expect((await zendesk.send('GET', forgottenPath)).status).toBe(200);
    while ((await zendesk.send('GET', forgottenPath)).status !== 404) await wait(5);
    expect(names()).toContain('Forgotten');
  });
});

describe('the listener', () => {
  it('counts each route, and survives invalid requests', async () => {
    await create('A');
    await zendesk.send('GET', 'organizations/search?name=a');
    const socket = connect(zendesk.server.port, '127.0.0.1');
    socket.end('RUBBISH\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    const broken = await zendesk.send('POST', 'organizations', { body: '{"organization":' });
    expect([broken.status, at(broken.body, 'error', 'title')]).toEqual([400, 'Invalid attribute']);
    const huge = await zendesk.send('POST', 'organizations', {
      body: { organization: { notes: 'x'.repeat(17 * 1024 * 1024) } },
    });
    expect(huge.status).toBe(413);
    expect(zendesk.journal.counts().zendesk).toEqual({
      total: 4,
      byOperation: { 'organizations.create': 3, 'organizations.search': 1 },
    });
    expect(zendesk.journal.items({ system: 'zendesk', since: 1 })).toHaveLength(3);
  });

  it('compresses a response for a client that accepts it', async () => {
    zendesk.server.state.seedOrganization({ name: 'Contoso' });
    const { headers, body } = await zendesk.send('GET', 'organizations');
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(body['organizations']).toMatchObject([{ name: 'Contoso' }]);
  });
});
