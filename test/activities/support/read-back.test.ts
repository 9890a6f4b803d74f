import { describe, expect, it } from '@jest/globals';
import { endEventIfRead, readBack } from '../../../activities/support/read-back.ts';
import type { StepContext } from '../../../activities/dependencies.ts';
import { READING_GAP_MS } from '../../../store/support/support-reading.ts';
import { setStop } from '../../fixtures/stops.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';
import { runWithUser } from '../contacts/users.ts';
import { beginSupported, countTickets, ticketOf } from './supported.ts';

const SHOW_TICKETS = 'tickets.show_many';
const SHOW_USERS = 'users.show_many';

const at = useStepTests();

type Named = readonly ['ticket' | 'user', string];

/**
 * Receives an event about a record of Zendesk, which marks the record as due. Returns the input of the event's step.
 */
async function event({ connectionId }: TestRun, [record, id]: Named) {
  const names = { dedupeKey: `${record}-${id}`, eventId: null, controlNumber: null, type: record, bodyHash: '' };
  const received = await at.store.events.receive({ connectionId, source: 'zendesk', ...names });
  const eventId = 'id' in received ? received.id : '';
  await at.store.events.accepted(eventId, 'workflow');
  await at.store.supportReading.markDue(connectionId, { record, id });
  return { connectionId, eventId, record, zendeskId: id };
}

const read = (input: Awaited<ReturnType<typeof event>>, change: Partial<StepContext> = {}) =>
  at.observe(() => readBack(at.contextOf(input, change), input));
const outcomes = async ({ connectionId }: TestRun) =>
  (await at.store.events.list(connectionId, undefined)).items.map(({ outcome }) => outcome);
const due = ({ connectionId }: TestRun) =>
  at.query('select record, zendesk_id as id from zendesk_due where connection_id = $1 order by 1, 2', connectionId);
const tally = ({ connectionId }: TestRun) =>
  at.query('select zendesk_id as id, status from tickets where connection_id = $1 order by 1', connectionId);

/** Creates a ticket of an organization in Zendesk. */
async function createTicket(organization: string): Promise<string> {
  const wanted = { count: 1, organizationIds: [Number(organization)], silent: true };
  return String((await at.sandbox.control<{ from: number }>('POST', '/state/zendesk/tickets/generate', wanted)).from);
}

describe('reading back the records of events', () => {
  it('ends an event without a request if its record was read after the event arrived', async () => {
    const run = await at.begin();
    const input = await event(run, ['ticket', '7']);
    await at.query('delete from zendesk_due where connection_id = $1', run.connectionId);
    const { result, operations } = await read(input);
    expect([result, operations]).toEqual([{ waitMs: 0 }, []]);
    expect(await outcomes(run)).toEqual(['read']);
  });

  it('does not end an event whose record is still due', async () => {
    const run = await at.begin();
    const input = await event(run, ['ticket', '7']);
    expect(await endEventIfRead(run.context, input)).toEqual({ ended: false });
    expect(await outcomes(run)).toEqual([null]);
  });

  it('counts the tickets, ends the event and starts the annotation of the account', async () => {
    const { run, organization } = await beginSupported(at);
    const ticket = await createTicket(organization);
    const input = await event(run, ['ticket', ticket]);
    const woken: unknown[] = [];
    const { result, operations } = await read(input, {
      wakeAnnotation: (account, delayMs) => Promise.resolve(void woken.push([account.accountNumber, delayMs])),
    });
    expect([result, operations]).toEqual([{ waitMs: 0 }, [SHOW_TICKETS]]);
    expect(await tally(run)).toMatchObject([{ id: ticket }]);
    expect(woken).toEqual([['A1', 3_000]]);
    expect([await outcomes(run), await due(run)]).toEqual([['read'], []]);
  });

  it('also reads the records of other events', async () => {
    const { run, organization } = await beginSupported(at);
    const [first, second] = [await createTicket(organization), await createTicket(organization)];
    await event(run, ['ticket', first]);
    const input = await event(run, ['ticket', second]);
    const { entries } = await read(input);
    expect(entries).toHaveLength(1);
    expect(await tally(run)).toHaveLength(2);
    expect(await due(run)).toEqual([]);
  });

  it('reads 100 tickets at a time', async () => {
    const run = await at.begin();
    const input = await event(run, ['ticket', '1']);
    await at.query(
      `insert into zendesk_due (connection_id, record, zendesk_id, arrived_at)
       select $1, 'ticket', n::text, now() from generate_series(2, 101) n`,
      run.connectionId,
    );
    expect((await read(input)).operations).toEqual([SHOW_TICKETS, SHOW_TICKETS]);
  });

  it('counts a ticket as deleted if Zendesk does not show it, and starts the annotation of its account', async () => {
    const { run, organization } = await beginSupported(at);
    await countTickets(at, run, ticketOf('7', organization));
    const woken: string[] = [];
    await read(await event(run, ['ticket', '7']), {
      wakeAnnotation: ({ accountNumber }) => Promise.resolve(void woken.push(accountNumber)),
    });
    expect(await tally(run)).toEqual([{ id: '7', status: 'deleted' }]);
    expect(woken).toEqual(['A1']);
  });

  it('also starts the annotation without changes, since an earlier attempt may have failed before that', async () => {
    const { run, organization } = await beginSupported(at);
    const ticket = await createTicket(organization);
    const wakeAnnotation = () => Promise.reject(new Error('Temporal is unavailable'));
    const input = await event(run, ['ticket', ticket]);
    await expect(read(input, { wakeAnnotation })).rejects.toThrow('Temporal is unavailable');
    expect(await tally(run)).toHaveLength(1);
    const woken: string[] = [];
    await read(input, { wakeAnnotation: ({ accountNumber }) => Promise.resolve(void woken.push(accountNumber)) });
    expect(woken).toEqual(['A1']);
  });

  it('does not start an annotation again that has not yet read the tickets', async () => {
    const { run, organization } = await beginSupported(at);
    const account = { legalEntity: run.legalEntity, kind: 'customer', key: 'A1' };
    await at.store.annotationWakes.recordWakes(run.connectionId, [account], await at.store.staging.now());
    const woken: string[] = [];
    await read(await event(run, ['ticket', await createTicket(organization)]), {
      wakeAnnotation: ({ accountNumber }) => Promise.resolve(void woken.push(accountNumber)),
    });
    expect(woken).toEqual([]);
  });
});

describe('reading back users', () => {
  it('reads only users that contacts are linked to', async () => {
    const { run, user } = await runWithUser(at);
    await event(run, ['user', '99']);
    const { entries, operations } = await read(await event(run, ['user', user]));
    expect(operations).toEqual([SHOW_USERS]);
    expect(entries[0]?.query).toBe(`ids=${user}`);
    expect(await due(run)).toEqual([]);
  });

  it('stores that a user was deleted', async () => {
    const { run, user } = await runWithUser(at);
    await at.sandbox.control('DELETE', `/state/zendesk/users/${user}`);
    await read(await event(run, ['user', user]));
    const [row] = await at.query('select is_active from users where connection_id = $1', run.connectionId);
    expect(row).toEqual({ is_active: false });
  });
});

describe('concurrent readings', () => {
  it('do not begin while another one is running or has just ended', async () => {
    const run = await at.begin();
    const input = await event(run, ['ticket', '7']);
    await at.store.supportReading.take(run.connectionId, 1);
    const { result, operations } = await read(input);
    expect([result, operations]).toEqual([{ waitMs: READING_GAP_MS }, []]);
  });

  it('are released if Zendesk is unavailable, so that the next attempt can begin at once', async () => {
    const run = await at.begin();
    const input = await event(run, ['ticket', '7']);
    await at.addFault({ path: 'tickets/show_many' }, { kind: 'status', status: 500 });
    await expect(read(input)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await due(run)).toEqual([{ record: 'ticket', id: '7' }]);
    expect((await read(input)).result).toEqual({ waitMs: 0 });
  });

  it('are repeated if another event arrives for the record while it is read', async () => {
    const run = await at.begin();
    const input = await event(run, ['ticket', '7']);
    const showing = { system: 'zendesk', path: 'tickets/show_many', when: 'before' } as const;
    const stop = await setStop(at, { name: 'the request to Zendesk', request: showing });
    const reading = readBack(at.contextOf(input), input);
    await stop.reached();
    await at.store.supportReading.markDue(run.connectionId, { record: 'ticket', id: '7' });
    await stop.release();
    expect(await reading).toEqual({ waitMs: READING_GAP_MS });
    expect(await outcomes(run)).toEqual([null]);
    expect(await due(run)).toEqual([{ record: 'ticket', id: '7' }]);
  });
});
