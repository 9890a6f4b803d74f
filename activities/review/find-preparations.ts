import { entitiesOf, fieldsOf } from '../../domain/entities.ts';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { PlanPreparation } from '../../domain/review/plan.ts';
import { checkFields } from '../../domain/sync/field-check.ts';
import { readRateHeaders } from '../../clients/zendesk/rate-headers.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { StepContext } from '../dependencies.ts';

const OWNERS: readonly TargetName[] = ['organization', 'user'];

/**
 * Returns the custom fields that must be created before anything is written, and the requests a minute that
 * Ledgerdesk may make, null if Zendesk does not say. Creates nothing.
 */
export async function findPreparations(
  { remote }: StepContext,
  connection: Connection,
): Promise<{ missing: readonly PlanPreparation[]; perMinute: number | null }> {
  const entities = entitiesOf(connection);
  const missing: PlanPreparation[] = [];
  const seen: { limit: number | null } = { limit: null };
  for (const owner of OWNERS) {
    const needed = fieldsOf(entities, owner);
    if (needed.length === 0) continue;
    const existing = await remote(
      ({ zendesk }) => zendesk.listFields(owner),
      ({ headers }, { system }) => {
        if (system === 'zendesk') seen.limit = readRateHeaders(headers)?.limit ?? seen.limit;
      },
    );
    missing.push(
      ...checkFields(needed, existing).missing.map(({ key, type }) => ({
        ...{ owner, key, type },
        action: 'create' as const,
      })),
    );
  }
  const { share } = connection.settings.zendesk;
  return { missing, perMinute: seen.limit === null ? null : Math.max(1, Math.floor(seen.limit * (1 - share))) };
}
