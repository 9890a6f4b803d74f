import type { MeasuredEvents } from './events.ts';
import type { MeasuredIsolation } from './isolation.ts';
import type { Measured } from './measure.ts';

/** What other ways of doing the same need of Zendesk for 1,000 accounts, measured by bare scripts. */
const PEERS = [
  'For comparison, requests to Zendesk per 1,000 accounts: a client that batches well needs 22 for the first run and 31 when nothing has',
  'changed; one call per account, as commonly written, 1,000 and 1,000.',
];

const COLUMNS: readonly Column<Measured>[] = [
  { title: 'run', value: ({ run }) => run },
  { title: 'Zendesk', value: ({ zendesk }) => String(zendesk) },
  { title: '(floor)', value: ({ floor }) => `(${floor.zendesk})` },
  { title: 'per 1,000', value: (row) => perThousand(row, row.zendesk) },
  { title: 'F&O', value: ({ dynamics }) => String(dynamics) },
  { title: '(floor)', value: ({ floor }) => `(${floor.dynamics})` },
  { title: 'Entra', value: ({ entra }) => String(entra) },
  { title: 'events per 1,000', value: (row) => perThousand(row, row.events) },
  { title: 'seconds', value: ({ seconds }) => seconds.toFixed(1) },
  { title: 'worker peak MB', value: ({ peakBytes }) => (peakBytes / 1_048_576).toFixed(0) },
  { title: 'after MB', value: ({ settledBytes }) => (settledBytes / 1_048_576).toFixed(0) },
];

function perThousand({ records }: Measured, count: number): string {
  return ((count * 1_000) / records).toFixed(1);
}

/** Prints the figures of accounts, and what others need beside them. */
export function printAccounts(rows: readonly Measured[], print: (line: string) => void): void {
  printTable('accounts', rows, print);
  for (const line of PEERS) print(line);
}

/** Prints the figures of contacts. */
export function printContacts(rows: readonly Measured[], print: (line: string) => void): void {
  printTable('contacts', rows, print);
}

function printTable(what: string, rows: readonly Measured[], print: (line: string) => void): void {
  printColumns([{ title: what, value: ({ records }) => records.toLocaleString('en') }, ...COLUMNS], rows, print);
}

interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
}

const EVENT_COLUMNS: readonly Column<MeasuredEvents>[] = [
  { title: 'ticket events', value: ({ events }) => events.toLocaleString('en') },
  { title: 'accounts', value: ({ accounts }) => String(accounts) },
  { title: 'accepted', value: ({ accepted }) => String(accepted) },
  { title: 'a second', value: ({ perSecond }) => perSecond.toFixed(0) },
  { title: 'p50 ms', value: ({ p50 }) => p50.toFixed(0) },
  { title: 'p99 ms', value: ({ p99 }) => p99.toFixed(0) },
  { title: 'slowest ms', value: ({ slowest }) => slowest.toFixed(0) },
  { title: 'F&O per 1,000', value: (row) => ((row.dynamics * 1_000) / row.events).toFixed(0) },
  { title: '(floor)', value: ({ floor, events }) => `(${((floor.dynamics * 1_000) / events).toFixed(0)})` },
  { title: 'Zendesk per 1,000', value: (row) => ((row.zendesk * 1_000) / row.events).toFixed(0) },
  { title: '(floor)', value: ({ floor, events }) => `(${((floor.zendesk * 1_000) / events).toFixed(0)})` },
  { title: 'Temporal events each', value: ({ temporalEvents, events }) => (temporalEvents / events).toFixed(1) },
  { title: 'seconds', value: ({ seconds }) => seconds.toFixed(1) },
];

/** Prints what signed ticket events cost, from the answer of the door to the annotation. */
export function printEvents(rows: readonly MeasuredEvents[], print: (line: string) => void): void {
  printColumns(EVENT_COLUMNS, rows, print);
}

/** Prints how much a neighbour under a permanent storm of 429 slows a sync. */
export function printIsolation({ accounts, alone, beside }: MeasuredIsolation, print: (line: string) => void): void {
  const [one, other] = [alone, beside].map((seconds) => seconds.toFixed(1));
  const ratio = (beside / alone).toFixed(2);
  const what = `A full sync of ${accounts.toLocaleString('en')} accounts, a tenth changed (medians of 3)`;
  print(`${what}: ${one} s alone, ${other} s while another connection gets nothing but 429: ${ratio} times as long.`);
}

function printColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[], print: (line: string) => void): void {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  const widths = columns.map((_column, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  for (const line of cells) print(line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  '));
}
