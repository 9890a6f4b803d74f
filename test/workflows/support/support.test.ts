import { describe, expect, it } from '@jest/globals';
import { CHANGED_SIGNAL } from '../../../workflows/contract.ts';
import { attributesAdded } from '../history.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { LONG_TEXT } from '../long-text.ts';

const worker = useScriptedWorker();

const ACCOUNT = { connectionId: 'acme', legalEntity: 'usmf', kind: 'customer' };
const WRITTEN = { outcome: 'written' };
const COLLECTING = 'wait 3000 ms: Collecting further changes, to write them together';

describe('the annotation of an account', () => {
  const INPUT = { ...ACCOUNT, accountNumber: 'US-001' };

  it('is written once for the signal that starts it', async () => {
    const started = await worker.startChanged('annotateAccount', INPUT, { annotate: [WRITTEN] });
    const { status, course, inputs, summaries } = await started.ended();
    expect(status).toBe('completed');
    expect(course).toEqual(['annotate']);
    expect(inputs('annotate')).toEqual([{ ...ACCOUNT, key: 'US-001' }]);
    expect(summaries).toEqual(['Annotate customer US-001 in Dynamics 365']);
  });

  it('is written again, after a wait that collects changes, when tickets changed during the write', async () => {
    const changing = async (): Promise<typeof WRITTEN> => {
      await worker.signal(CHANGED_SIGNAL);
      await worker.signal(CHANGED_SIGNAL);
      return WRITTEN;
    };
    const { course } = await worker.run('annotateAccount', INPUT, { annotate: [changing, changing, WRITTEN] });
    expect(course).toEqual(['annotate', COLLECTING, 'annotate', COLLECTING, 'annotate']);
  });

  it('covers changes during the wait with one write', async () => {
    const changing = async (): Promise<typeof WRITTEN> => {
      await worker.signal(CHANGED_SIGNAL);
      return WRITTEN;
    };
    const started = await worker.start('annotateAccount', INPUT, { annotate: [changing, WRITTEN] });
    await started.waiting();
    await worker.signal(CHANGED_SIGNAL);
    expect((await started.ended()).course).toEqual(['annotate', COLLECTING, 'annotate']);
  });
});

describe('the reconcile of support', () => {
  it('reads all changed tickets, then annotates what differs, then reads all changed users, and adds up', async () => {
    const { result, course, inputs, details } = await worker.run(
      'reconcileSupport',
      { connectionId: 'acme' },
      {
        readTicketChanges: [
          { seen: 100, done: false },
          { seen: 3, done: true },
        ],
        readUserChanges: [
          { seen: 50, done: false },
          { seen: 0, done: true },
        ],
        annotateChanged: [
          { written: 20, next: 'usmf/customer/US-9' },
          { written: 1, next: null },
        ],
      },
    );
    expect(course).toEqual(['readTicketChanges', 'annotateChanged', 'readUserChanges'].flatMap((step) => [step, step]));
    expect(result).toEqual({ tickets: 103, users: 50, written: 21 });
    const after = ['', 'usmf/customer/US-9'];
    expect(inputs('annotateChanged')).toEqual(
      after.map((cursor) => ({ connectionId: 'acme', after: cursor, usersFollow: true })),
    );
    expect(await details()).toBe('103 ticket(s) and 50 user(s) read, 21 account(s) written');
  });

  it('continues as new after a step of a long history, with its sums and its cursor', async () => {
    const page = { seen: 100, done: false, ...LONG_TEXT };
    const annotated = (next: string | null) => ({ written: 10, next, ...LONG_TEXT });
    const { result, course, inputs } = await worker.run(
      'reconcileSupport',
      { connectionId: 'acme' },
      {
        readTicketChanges: [page, page, page, { seen: 1, done: true }],
        readUserChanges: [{ seen: 5, done: true }],
        annotateChanged: ['a', 'b', 'c', null].map(annotated),
      },
    );
    expect(result).toEqual({ tickets: 301, users: 5, written: 40 });
    expect(course.indexOf('continue as new')).toBe(3);
    expect(course.slice(5, 9)).toEqual(['annotateChanged', 'annotateChanged', 'annotateChanged', 'continue as new']);
    expect(inputs('annotateChanged').at(-1)).toEqual({ connectionId: 'acme', after: 'c', usersFollow: true });
  });

  it('adds search attributes when it was started without them', async () => {
    const script = {
      readTicketChanges: () => ({ seen: 0, done: true }),
      readUserChanges: () => ({ seen: 0, done: true }),
      annotateChanged: () => ({ written: 0, next: null }),
    };
    const started = await worker.startByHand('reconcileSupport', { connectionId: 'acme' }, script);
    expect(attributesAdded((await started.ended()).events)).toEqual({
      LedgerdeskConnection: 'acme',
      TemporalChangeVersion: ['annotate-before-users'],
    });
  });
});

describe('a delivery of a Zendesk webhook', () => {
  const INPUT = { connectionId: 'acme', eventId: 'event-1', record: 'ticket' as const, zendeskId: '35' };

  it('does nothing more when its record was read since it arrived', async () => {
    const { status, course, inputs } = await worker.run('handleZendeskEvent', INPUT, {
      endEventIfRead: [{ ended: true }],
    });
    expect(status).toBe('completed');
    expect(course).toEqual(['endEventIfRead']);
    expect(inputs('endEventIfRead')).toEqual([INPUT]);
  });

  it('waits as long as the step says, until its record was read', async () => {
    const started = await worker.start('handleZendeskEvent', INPUT, {
      endEventIfRead: [{ ended: false }],
      readBack: [{ waitMs: 40 }, { waitMs: 120 }, { waitMs: 0 }],
    });
    const { course, inputs, summaries } = await started.ended(Infinity);
    const collecting = 'Collecting further events, to read their records together';
    expect(course).toEqual([
      ...['endEventIfRead', 'readBack', `wait 40 ms: ${collecting}`],
      ...['readBack', `wait 120 ms: ${collecting}`, 'readBack'],
    ]);
    expect(inputs('readBack')).toEqual([INPUT, INPUT, INPUT]);
    expect(summaries[0]).toBe('Read the ticket from Zendesk');
  });
});
