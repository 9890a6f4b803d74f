import { describe, expect, it } from '@jest/globals';
import { endEvent, recordOf } from '../../../activities/events/end-event.ts';
import { takeDueRecords } from '../../../activities/events/take-due-records.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

/** Receives an event about a customer, which marks the customer as due. Returns the input of the event's step. */
async function event(run: TestRun, accountNumber: string, runId = run.runId) {
  const { connectionId, legalEntity, workflowId } = run;
  const names = {
    dedupeKey: `${accountNumber} ${runId}`,
    eventId: null,
    controlNumber: null,
    type: 'changed',
    bodyHash: '',
  };
  const received = await at.store.events.receive({ connectionId, source: 'dynamics', ...names });
  const eventId = 'id' in received ? received.id : '';
  await at.store.events.accepted(eventId, 'workflow');
  const input = { connectionId, legalEntity: legalEntity.toUpperCase(), kind: 'customer', accountNumber, eventId };
  await at.store.dueRecords.markDue(connectionId, recordOf(input));
  return { ...input, runId, workflowId };
}

type Input = Awaited<ReturnType<typeof event>>;

const take = (input: Input, isOver = false) =>
  takeDueRecords(at.contextOf(input, { isRunOver: () => Promise.resolve(isOver) }), input);
const taken = (runId: string) => at.store.dueRecords.takenBy(runId);
const outcomes = async ({ connectionId }: TestRun) =>
  (await at.store.events.list(connectionId, undefined)).items.map(({ outcome }) => outcome);

describe('taking due records together with the record of an event', () => {
  it('takes all due records of its legal entity and kind', async () => {
    const run = await at.begin();
    await event(run, 'A2', 'another run');
    expect(await take(await event(run, 'A1'))).toEqual({ state: 'taken' });
    expect(await taken(run.runId)).toEqual(['A1', 'A2']);
  });

  it('takes at most 200 records, including its own', async () => {
    const run = await at.begin();
    await at.query(
      `insert into erp_due (connection_id, legal_entity, kind, key, arrived_at)
       select $1, $1, 'customer', 'N' || n, now() from generate_series(1, 200) n`,
      run.connectionId,
    );
    await take(await event(run, 'A1'));
    const keys = await taken(run.runId);
    expect([keys.length, keys.includes('A1')]).toEqual([200, true]);
  });

  it('is idempotent', async () => {
    const run = await at.begin();
    const input = await event(run, 'A1');
    await take(input);
    expect(await take(input)).toEqual({ state: 'taken' });
  });

  it('ends the event with the outcome of its record if the record was read after the event arrived', async () => {
    const run = await at.begin();
    const input = await event(run, 'A1');
    await at.plan(run, run.customer('A1'));
    await at.store.planning.save(run, {
      outcomes: [{ ...run.customer('A1'), outcome: 'updated', zendeskId: '71' }],
      operations: [],
    });
    await at.query('delete from erp_due where connection_id = $1', run.connectionId);
    expect(await take(input)).toEqual({ state: 'ended' });
    expect(await outcomes(run)).toEqual(['updated']);
  });

  it('waits for a running run that has taken the record', async () => {
    const run = await at.begin();
    await take(await event(run, 'A1', 'another run'));
    const input = { ...(await event(run, 'A2')), accountNumber: 'A1' };
    expect(await take(input)).toEqual({ state: 'held' });
    expect([await taken('another run'), await taken(run.runId)]).toEqual([['A1'], []]);
    expect(await outcomes(run)).toEqual([null, null]);
  });

  it('takes the records of a run that has ended without reading them', async () => {
    const run = await at.begin();
    const input = await event(run, 'A1', 'another run');
    await event(run, 'A2', 'another run');
    await take(input);
    expect(await take({ ...input, runId: run.runId }, true)).toEqual({ state: 'taken' });
    expect([await taken('another run'), await taken(run.runId)]).toEqual([[], ['A1', 'A2']]);
  });
});

describe('ending an event', () => {
  it('stores the given outcome', async () => {
    const run = await at.begin();
    const input = await event(run, 'A1');
    await endEvent(run.context, { ...input, outcome: 'not_found' });
    expect(await outcomes(run)).toEqual(['not_found']);
  });

  it('stores the outcome of its record by default', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    const outcome = { ...run.customer('A1'), outcome: 'created' as const, zendeskId: '71' };
    await at.store.planning.save(run, { outcomes: [outcome], operations: [] });
    await endEvent(run.context, await event(run, 'A1'));
    expect(await outcomes(run)).toEqual(['created']);
  });

  it('stores not_found if no run has read the record', async () => {
    const run = await at.begin();
    await endEvent(run.context, await event(run, 'A1'));
    expect(await outcomes(run)).toEqual(['not_found']);
  });

  it('uses the stored form of the record, with the legal entity in lower case', () => {
    const input = { connectionId: 'c', eventId: 'e', kind: 'vendor', legalEntity: ' USMF ', accountNumber: 'V-1' };
    expect(recordOf(input)).toEqual({ legalEntity: 'usmf', kind: 'vendor', key: 'V-1' });
  });
});
