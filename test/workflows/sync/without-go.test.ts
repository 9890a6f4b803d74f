import { describe, expect, it } from '@jest/globals';
import type { Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';

const worker = useScriptedWorker();

const REFUSED: Script = { beginRun: [{ state: 'no_go', message: 'Give the go.' }] };
const RESULT = { code: 'no_go', message: 'Give the go.' };
const RECORD = { connectionId: 'acme', legalEntity: 'USMF', kind: 'customer', accountNumber: 'US-001' };

describe('without a go', () => {
  it('a master run ends normally, with the reason, before it reads anything', async () => {
    const { status, result, course } = await worker.run('syncMasterData', { connectionId: 'acme' }, REFUSED);
    expect([status, result, course]).toEqual(['completed', RESULT, ['beginRun']]);
  });

  it('the resync of a record does, too', async () => {
    const { status, result, course, inputs } = await worker.run('syncAccount', RECORD, REFUSED);
    expect([status, result, course]).toEqual(['completed', RESULT, ['beginRun']]);
    expect(inputs('beginRun')).toMatchObject([{ slice: { legalEntity: 'usmf', kind: 'customer' } }]);
  });

  it('an event ends with the code', async () => {
    const event = { ...RECORD, eventId: 'event-1' };
    const script = { ...REFUSED, takeDueRecords: [{ state: 'taken' as const }], endEvent: [undefined] };
    const { result, inputs } = await worker.run('handleBusinessEvent', event, script);
    expect(result).toBeNull();
    expect(inputs('endEvent')).toEqual([{ ...event, outcome: 'no_go' }]);
  });
});
