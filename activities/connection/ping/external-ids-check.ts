import { entitiesOf, kindsOf } from '../../../domain/entities.ts';
import { couldRender, externalIdKey } from '../../../domain/sync/external-id.ts';
import type { Store } from '../../../store/store.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';

/**
 * Enough to detect external ids of others. The export has more, but a sync needs its limit of 10 requests per minute.
 */
const PAGES = 3;

/**
 * Creates the check of the external ids of organizations in Zendesk, on the first pages of the list. It counts ids of
 * linked accounts, other ids that match the template, and ids from other systems.
 */
export function externalIdsCheck({ zendesk, connection }: RemoteSystems, store: Pick<Store, 'records'>): Check {
  const run = async (): Promise<CheckResult> => {
    const { organizations, isWhole } = await zendesk.firstOrganizations(PAGES);
    const used = organizations.flatMap(({ externalId }) => externalId ?? []);
    const reserved = await store.records.reservedExternalIds(connection.id, used);
    const others = used.filter((externalId) => !reserved.has(externalIdKey(externalId)));
    const { legalEntities } = connection.settings.dynamics;
    const at = { legalEntities, kinds: kindsOf(entitiesOf(connection), 'organization') };
    const matching = others.filter((externalId) => couldRender(connection.externalIdTemplate, externalId, at));
    return resultOf(`${isWhole ? '' : 'The first '}${organizations.length} organizations`, {
      linked: used.length - others.length,
      matching: matching.length,
      foreign: others.length - matching.length,
    });
  };
  return { name: 'zendesk.externalIds', system: 'zendesk', run, optional: true };
}

function resultOf(
  checked: string,
  { linked, matching, foreign }: { linked: number; matching: number; foreign: number },
): CheckResult {
  if (matching + foreign === 0) return ok(`${checked}: ${linked} linked to accounts, none with another external id.`);
  const detail = `${checked}: ${linked} linked to accounts, ${matching} with an external id that matches sync.externalId, ${foreign} with an external id from another system.`;
  const fixes = [
    matching === 0
      ? ''
      : 'An organization whose external id matches sync.externalId is linked to the account with that id, and renamed. If you do not want this, set another template in sync.externalId.',
    foreign === 0
      ? ''
      : 'An organization with an external id from another system is never adopted or changed. If it belongs to an account, find out what uses its external id, then clear it.',
  ];
  return { status: 'warn', detail, fix: fixes.filter((fix) => fix !== '').join(' ') };
}
