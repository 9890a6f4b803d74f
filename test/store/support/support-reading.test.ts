import { describe, expect, it } from '@jest/globals';
import { READING_GAP_MS } from '../../../store/support/support-reading.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';

const MOST = 500;
const ticket = (id: string) => ({ record: 'ticket' as const, id });

describe('a record that is due to be read back', () => {
  const at = useConnectedStore();

  const markDue = (id: string) => at.store.supportReading.markDue('contoso', ticket(id));

  async function readAll(): Promise<string[]> {
    const taken = await at.store.supportReading.take('contoso', MOST);
    if ('waitMs' in taken) throw new Error('Somebody else reads, or the gap is not over.');
    await at.store.supportReading.done('contoso', taken);
    return taken.due.map(({ id }) => id);
  }

  it('is asked for at once when it is the first for a while', async () => {
    expect(await markDue('1')).toBe(0);
    expect(await readAll()).toEqual(['1']);
  });

  it('is asked for when the gap is over, if it is the first after a reading', async () => {
    await markDue('1');
    await readAll();
    const waitMs = await markDue('2');
    expect(waitMs).toBeGreaterThan(READING_GAP_MS / 2);
    expect(waitMs).toBeLessThanOrEqual(READING_GAP_MS);
    expect(await at.store.supportReading.take('contoso', MOST)).toEqual({ waitMs: READING_GAP_MS });
  });

  it('is read together with the others when some are due already, by the reader of the first', async () => {
    await markDue('1');
    expect(await markDue('2')).toBeGreaterThan(READING_GAP_MS);
    expect(await markDue('1')).toBeGreaterThan(READING_GAP_MS);
    expect((await readAll()).sort()).toEqual(['1', '2']);
    expect(await at.store.supportReading.isDue('contoso', ticket('2'))).toBe(false);
  });

  it('waits for the next reading, if one is under way without it', async () => {
    await markDue('1');
    const taken = await at.store.supportReading.take('contoso', MOST);
    expect(await markDue('2')).toBe(READING_GAP_MS);
    expect(await markDue('3')).toBeGreaterThan(READING_GAP_MS);
    if ('waitMs' in taken) throw new Error('Somebody else reads.');
    await at.store.supportReading.done('contoso', taken);
    expect(await at.store.supportReading.isDue('contoso', ticket('1'))).toBe(false);
    expect(await at.store.supportReading.isDue('contoso', ticket('2'))).toBe(true);
  });

  it('is asked for again when it is named again while it is read', async () => {
    await markDue('1');
    const taken = await at.store.supportReading.take('contoso', MOST);
    expect(await markDue('1')).toBe(READING_GAP_MS);
    if ('waitMs' in taken) throw new Error('Somebody else reads.');
    await at.store.supportReading.done('contoso', taken);
    expect(await at.store.supportReading.isDue('contoso', ticket('1'))).toBe(true);
  });

  it('does not wait for the records of another connection', async () => {
    await saveConnection(at.store, 'fabrikam');
    await at.store.supportReading.markDue('fabrikam', ticket('1'));
    expect(await markDue('1')).toBe(0);
    await at.store.connections.remove('fabrikam');
  });
});
