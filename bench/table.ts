import type { MeasuredEvents } from './events.ts';
import type { MeasuredIsolation } from './isolation.ts';
import type { Measured } from './measure.ts';

/** Requests of other solutions, measured with plain scripts. */
const COMPARISON = [
  'For comparison, requests to Zendesk per 1,000 accounts: a client with well-filled batches needs 22 for the first run and 31',
  'without changes. A client with one request per account needs 1,000 and 1,000.',
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
  { title: 'after MB', value: ({ afterBytes }) => (afterBytes / 1_048_576).toFixed(0) },
];

function perThousand({ records }: Measured, count: number): string {
  return ((count * 1_000) / records).toFixed(1);
}

/** Prints the measurements of accounts and the comparison with other solutions. */
export function printAccounts(rows: readonly Measured[], print: (line: string) => void): void {
  printTable('accounts', rows, print);
  for (const line of COMPARISON) print(line);
}

/** Prints the measurements of contacts. */
export function printContacts(rows: readonly Measured[], print: (line: string) => void): void {
  printTable('contacts', rows, print);
}

function printTable(title: string, rows: readonly Measured[], print: (line: string) => void): void {
  printColumns([{ title, value: ({ records }) => records.toLocaleString('en') }, ...COLUMNS], rows, print);
}

interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
}

const EVENT_COLUMNS: readonly Column<MeasuredEvents>[] = [
  { title: 'ticket events', value: ({ events }) => events.toLocaleString('en') },
  { title: 'accounts', value: ({ accounts }) => String(accounts) },
  { title: 'accepted', value: ({ accepted }) => String(accepted) },
  { title: 'per second', value: ({ perSecond }) => perSecond.toFixed(0) },
  { title: 'p50 ms', value: ({ p50 }) => p50.toFixed(0) },
  { title: 'p99 ms', value: ({ p99 }) => p99.toFixed(0) },
  { title: 'slowest ms', value: ({ slowest }) => slowest.toFixed(0) },
  { title: 'F&O per 1,000', value: (row) => ((row.dynamics * 1_000) / row.events).toFixed(0) },
  { title: '(floor)', value: ({ floor, events }) => `(${((floor.dynamics * 1_000) / events).toFixed(0)})` },
  { title: 'Zendesk per 1,000', value: (row) => ((row.zendesk * 1_000) / row.events).toFixed(0) },
  { title: '(floor)', value: ({ floor, events }) => `(${((floor.zendesk * 1_000) / events).toFixed(0)})` },
  { title: 'Temporal events per event', value: ({ temporalEvents, events }) => (temporalEvents / events).toFixed(1) },
  { title: 'seconds', value: ({ seconds }) => seconds.toFixed(1) },
];

/** Prints the cost of signed ticket events, from the response of the ingress to the annotation. */
export function printEvents(rows: readonly MeasuredEvents[], print: (line: string) => void): void {
  printColumns(EVENT_COLUMNS, rows, print);
}

/** Prints how much a connection that gets only 429 slows down a sync of another connection. */
export function printIsolation({ accounts, alone, beside }: MeasuredIsolation, print: (line: string) => void): void {
  const [one, other] = [alone, beside].map((seconds) => seconds.toFixed(1));
  const ratio = (beside / alone).toFixed(2);
  const title = `A full sync of ${accounts.toLocaleString('en')} accounts, a tenth changed (medians of 3)`;
  print(
    `${title}: ${one} s alone, ${other} s while another connection gets only 429, which is ${ratio} times as long.`,
  );
}

function printColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[], print: (line: string) => void): void {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  const widths = columns.map((_column, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  for (const line of cells) print(line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  '));
}
