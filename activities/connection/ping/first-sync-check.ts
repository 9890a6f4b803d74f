import { firstSyncCost } from '../../../domain/connection/first-sync-cost.ts';
import { entitiesOf, fieldsOf, kindsOf } from '../../../domain/entities.ts';
import type { EntitySpec } from '../../../domain/entity-spec.ts';
import { checkFields } from '../../../domain/sync/field-check.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';
import type { SeenAnswers } from './seen-answers.ts';

/** With more legal entities, the records of all companies are counted at once, so that a ping stays fast. */
const MAX_COUNTED_ENTITIES = 10;

/** What other checks of the same ping find out, too. */
export interface KnownAnswers {
  readonly seen: SeenAnswers;
  /** Asks Zendesk only once per ping. */
  readonly isBulkImportOff: () => Promise<boolean>;
}

/**
 * Creates the check that counts the records on both sides and estimates the cost of a first sync. It reads only counts.
 */
export function firstSyncCheck(systems: RemoteSystems, known: KnownAnswers): Check {
  return {
    name: 'zendesk.firstSync',
    system: 'zendesk',
    run: () => estimate(systems, known),
    optional: true,
  };
}

async function estimate(
  { dynamics, zendesk, connection }: RemoteSystems,
  { seen, isBulkImportOff }: KnownAnswers,
): Promise<CheckResult> {
  const { settings } = connection;
  const entities = entitiesOf(connection);
  const organizations = await zendesk.countOrganizations();
  const rate = seen.rate();
  const named = settings.dynamics.legalEntities;
  const isCountedEach = named.length > 0 && named.length <= MAX_COUNTED_ENTITIES;
  const counts: Count[] = [];
  for (const place of isCountedEach ? named.map((legalEntity) => ({ legalEntity })) : [{}]) {
    const count = async (entity: EntitySpec) => ({
      kind: entity.kind,
      rows: await dynamics.countRecords({ entity, ...place }),
    });
    counts.push(...(await Promise.all(entities.map(count))));
  }
  const perMinute = rate === null ? null : Math.floor(rate.limit * (1 - settings.zendesk.share));
  const areSingle = await kindsCreatedSingly(entities, isBulkImportOff);
  const rowsOf = (isSingle: boolean): number[] =>
    counts.filter(({ kind }) => areSingle.has(kind) === isSingle).map(({ rows }) => rows);
  const size = { slices: rowsOf(false), singles: rowsOf(true), missingFields: await missingFields(zendesk, entities) };
  const cost = firstSyncCost({ ...size, organizations }, perMinute);
  const where = isCountedEach ? named.join(', ') : 'all companies that the F&O user can read';
  const kinds = entities.map(({ kind }) => kind);
  return ok(
    `A first sync reads ${totals(kinds, counts)} of ${where}. It needs about ${cost.dynamics} requests to F&O and ` +
      `${cost.zendesk} to Zendesk${timeOf(cost.minutes, perMinute)}. Each adopted organization needs one more.`,
  );
}

/** Zendesk creates users in bulk only for accounts for which it has enabled that. */
async function kindsCreatedSingly(
  entities: readonly EntitySpec[],
  isBulkImportOff: KnownAnswers['isBulkImportOff'],
): Promise<ReadonlySet<string>> {
  const users = kindsOf(entities, 'user');
  return new Set(users.length > 0 && (await isBulkImportOff()) ? users : []);
}

async function missingFields(zendesk: RemoteSystems['zendesk'], entities: readonly EntitySpec[]): Promise<number> {
  const missing = (['organization', 'user'] as const).map(async (target) => {
    const needed = fieldsOf(entities, target);
    return needed.length === 0 ? 0 : checkFields(needed, await zendesk.listFields(target)).missing.length;
  });
  return (await Promise.all(missing)).reduce((sum, count) => sum + count, 0);
}

interface Count {
  readonly kind: string;
  readonly rows: number;
}

function totals(kinds: readonly string[], counts: readonly Count[]): string {
  const parts = kinds.map((kind) => {
    const rows = counts.filter((count) => count.kind === kind).reduce((sum, count) => sum + count.rows, 0);
    return `${rows} ${kind}s`;
  });
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function timeOf(minutes: number | null, perMinute: number | null): string {
  if (minutes === null || perMinute === null) return '';
  return `, at least ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} at ${perMinute} a minute`;
}
