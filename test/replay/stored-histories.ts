import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { historyToJson } from './history-json.ts';

/** An event of a history as Temporal's tools write it in JSON; payloads are base64. */
export interface StoredEvent {
  readonly eventType: string;
  readonly [member: string]: unknown;
}

/** A history of a workflow, as it is stored in the repository. */
export interface StoredHistory {
  readonly name: string;
  readonly events: readonly StoredEvent[];
}

const FOLDER = join(import.meta.dirname, 'histories');
/** The identity of a worker, and the name of its own task queue: a process id and a host name. */
const PROCESS = /^\d+@/;
const RECORDED_PROCESS = 'recorded';
/** The address of a server of the sandbox, in the results of a ping. */
const ADDRESS = /127\.0\.0\.1:\d+/g;
const RECORDED_ADDRESS = 'sandbox.example';

/** Reads all stored histories, by name. */
export async function readStoredHistories(): Promise<StoredHistory[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => {
      const { events } = JSON.parse(await readFile(join(FOLDER, file), 'utf8')) as Omit<StoredHistory, 'name'>;
      return { name: file.slice(0, -'.json'.length), events };
    }),
  );
}

/** Returns a history without hosts, processes, addresses and paths of the machine that recorded it. */
export function toStored(name: string, history: History): StoredHistory {
  const { events } = JSON.parse(JSON.stringify(historyToJson(history)), (member, value: unknown) => {
    if (typeof value === 'string' && PROCESS.test(value)) return RECORDED_PROCESS;
    if (typeof value === 'string' && member === 'data') return withoutAddresses(value);
    return member === 'stackTrace' ? undefined : value;
  }) as Omit<StoredHistory, 'name'>;
  return { name, events };
}

/** Replaces the addresses in a payload, which is base64. */
function withoutAddresses(data: string): string {
  const text = Buffer.from(data, 'base64').toString('utf8');
  const replaced = text.replaceAll(ADDRESS, RECORDED_ADDRESS);
  return replaced === text ? data : Buffer.from(replaced).toString('base64');
}

/** Removes all stored histories. */
export async function removeStoredHistories(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
}

/** Writes histories, one event a line, so that a difference can be read. */
export async function writeStoredHistories(histories: readonly StoredHistory[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const { name, events } of histories) {
    const lines = events.map((event) => JSON.stringify(event)).join(',\n');
    await writeFile(join(FOLDER, `${name}.json`), `{"events":[\n${lines}\n]}\n`);
  }
}
