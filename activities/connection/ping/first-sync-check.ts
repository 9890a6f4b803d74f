import { kindsOf } from '../../../domain/connection/connection.ts';
import { firstSyncCost } from '../../../domain/connection/first-sync-cost.ts';
import type { RecordKind } from '../../../domain/sync/record.ts';
import type { FarSystems } from '../../dependencies.ts';
import { ok, type Finding, type Look } from './check.ts';
import type { SeenAnswers } from './seen-answers.ts';

/** Beyond so many legal entities all companies are counted at once, so that a ping stays quick. */
const MOST_COUNTED_ENTITIES = 10;

/** Counts what there is on both sides, and says what a first sync would cost. It reads nothing but numbers. */
export function firstSyncLook(systems: FarSystems, seen: SeenAnswers): Look {
  return {
    name: 'zendesk.firstSync',
    system: 'zendesk',
    look: () => estimate(systems, seen),
    optional: true,
  };
}

async function estimate(
  { dynamics, zendesk, connection: { settings } }: FarSystems,
  seen: SeenAnswers,
): Promise<Finding> {
  const organizations = await zendesk.countOrganizations();
  const rate = seen.rate();
  const named = settings.dynamics.legalEntities;
  const isCountedEach = named.length > 0 && named.length <= MOST_COUNTED_ENTITIES;
  const counts: { kind: RecordKind; rows: number }[] = [];
  for (const place of isCountedEach ? named.map((legalEntity) => ({ legalEntity })) : [{}]) {
    const count = async (kind: RecordKind) => ({ kind, rows: await dynamics.countRecords({ kind, ...place }) });
    counts.push(...(await Promise.all(kindsOf(settings).map(count))));
  }
  const perMinute = rate === null ? null : Math.floor(rate.limit * (1 - settings.zendesk.share));
  const cost = firstSyncCost({ slices: counts.map(({ rows }) => rows), organizations }, perMinute);
  const where = isCountedEach ? named.join(', ') : 'all companies that the F&O user sees';
  return ok(
    `A first sync reads ${totals(kindsOf(settings), counts)} of ${where}: about ${cost.dynamics} requests to F&O and ` +
      `${cost.zendesk} to Zendesk${timeOf(cost.minutes, perMinute)}. Each organization that is adopted costs one more.`,
  );
}

function totals(kinds: readonly RecordKind[], counts: readonly { kind: RecordKind; rows: number }[]): string {
  const parts = kinds.map((kind) => {
    const rows = counts.filter((count) => count.kind === kind).reduce((sum, count) => sum + count.rows, 0);
    return `${rows} ${kind}s`;
  });
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function timeOf(minutes: number | null, perMinute: number | null): string {
  if (minutes === null || perMinute === null) return '';
  return `, at ${perMinute} a minute at least ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}
