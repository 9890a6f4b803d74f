import { createZendeskClient, type ZendeskClient } from '../../../clients/zendesk/client.ts';
import type { JobStatus } from '../../../clients/zendesk/job-wire.ts';
import { fieldsOf, knownEntities } from '../../../domain/entities.ts';
import type { TargetName } from '../../../domain/entity-spec.ts';
import type { FieldMapping } from '../../../domain/sync/mapping.ts';
import { createClock } from '../../../sandbox/core/clock.ts';
import { createFaults, type Faults } from '../../../sandbox/core/faults.ts';
import { createJournal } from '../../../sandbox/core/journal.ts';
import { createRandom } from '../../../sandbox/core/random.ts';
import { startZendesk, type ZendeskServer } from '../../../sandbox/zendesk/server.ts';
import type { ZendeskSettings } from '../../../sandbox/zendesk/settings.ts';
import { TEST_SETTINGS } from '../../fixtures/accounts.ts';
import { startLoopback, type Loopback, type LoopbackHandler, type LoopbackReply } from '../../fixtures/loopback.ts';
import { createRecorder, httpTo, type Recorder } from '../kit.ts';

/** Starts a server that responds with `handler`, and creates a client for it. Call `closeLoopbacks` after each test. */
export async function clientOf(
  handler: LoopbackHandler | LoopbackReply,
): Promise<{ server: Loopback; client: ZendeskClient; recorder: Recorder }> {
  const server = await startLoopback(typeof handler === 'function' ? handler : () => handler);
  const recorder = createRecorder();
  const accessToken = (): Promise<string> => Promise.resolve('canary-token-2');
  const client = createZendeskClient({ origin: server.origin, accessToken, http: httpTo(server, 'zendesk', recorder) });
  return { server, client, recorder };
}

let running: ZendeskServer | undefined;

/** Closes the simulated Zendesk of a test. Call it after each test. */
export async function closeTestZendesk(): Promise<void> {
  await running?.close();
  running = undefined;
}

/** Starts a simulated Zendesk with short jobs and without index lag, unless `settings` changes that. */
export async function startTestZendesk(
  settings: Partial<ZendeskSettings> = {},
): Promise<{ client: ZendeskClient; faults: Faults; zendesk: ZendeskServer; recorder: Recorder }> {
  const clock = createClock();
  const random = createRandom(11);
  const faults = createFaults({ clock, random });
  const quick = { jobDelayMs: 20, exportExcludesNewestSeconds: 0, searchLagSeconds: 0, ...settings };
  const zendesk = await startZendesk({ clock, random, faults, journal: createJournal(clock), settings: quick });
  running = zendesk;
  const accessToken = (): Promise<string> => Promise.resolve(zendesk.credentials.accessToken);
  const recorder = createRecorder();
  const http = httpTo({ host: new URL(zendesk.url).host }, 'zendesk', recorder);
  return { client: createZendeskClient({ origin: zendesk.url, accessToken, http }), faults, zendesk, recorder };
}

/** Reads a job until it has ended, and returns it. */
export async function ended(client: ZendeskClient, { id }: JobStatus): Promise<JobStatus> {
  for (;;) {
    const [job] = await client.showJobs([id]);
    if (job !== undefined && ['completed', 'failed', 'killed'].includes(job.status)) return job;
  }
}

/** Returns the custom fields that the entities of a connection write. */
export function neededFields(target: TargetName): readonly FieldMapping[] {
  return fieldsOf(knownEntities({ settings: TEST_SETTINGS, externalIdTemplate: '{accountNumber}' }), target);
}

/** Creates the custom fields of organizations and users that the entities of a connection write. */
export async function createFields(client: ZendeskClient): Promise<void> {
  for (const target of ['organization', 'user'] as const)
    for (const { key, title, type } of neededFields(target)) await client.createField(target, { key, title, type });
}
