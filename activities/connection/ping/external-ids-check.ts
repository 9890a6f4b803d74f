import { entitiesOf, kindsOf } from '../../../domain/entities.ts';
import { couldRender, externalIdKey } from '../../../domain/sync/external-id.ts';
import type { Store } from '../../../store/store.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';

/** Enough to see whether anybody else sets external ids; the export would show more, but the sync needs its 10 requests a minute. */
const PAGES = 3;

/**
 * Creates the check of the external ids that organizations in Zendesk already have, in the first pages of the list. Those that our
 * accounts have reserved are ours; others that our template could have given will be taken for ours; the rest is somebody else's.
 */
export function externalIdsCheck({ zendesk, connection }: RemoteSystems, store: Pick<Store, 'records'>): Check {
  const run = async (): Promise<CheckResult> => {
    const { organizations, isWhole } = await zendesk.firstOrganizations(PAGES);
    const used = organizations.flatMap(({ externalId }) => externalId ?? []);
    const reserved = await store.records.reservedExternalIds(connection.id, used);
    const others = used.filter((externalId) => !reserved.has(externalIdKey(externalId)));
    const { legalEntities } = connection.settings.dynamics;
    const at = { legalEntities, kinds: kindsOf(entitiesOf(connection), 'organization') };
    const alike = others.filter((externalId) => couldRender(connection.externalIdTemplate, externalId, at));
    return resultOf(`${isWhole ? '' : 'the first '}${organizations.length} organizations`, {
      ours: used.length - others.length,
      alike: alike.length,
      foreign: others.length - alike.length,
    });
  };
  return { name: 'zendesk.externalIds', system: 'zendesk', run, optional: true };
}

function resultOf(
  checked: string,
  { ours, alike, foreign }: { ours: number; alike: number; foreign: number },
): CheckResult {
  if (alike + foreign === 0) return ok(`Of ${checked}, ${ours} have an external id, all of them ours.`);
  const detail = `Of ${checked}, ${ours} have an external id of ours, ${alike} one of its form, and ${foreign} another's.`;
  const fixes = [
    alike === 0
      ? ''
      : 'An organization with an external id of our form is linked to the account with that id, and renamed. If that is not what you want, give sync.externalId another template.',
    foreign === 0
      ? ''
      : 'An organization with any other external id is never adopted or changed. Find out what uses that id, and clear it where the organization belongs to an account.',
  ];
  return { status: 'warn', detail, fix: fixes.filter((fix) => fix !== '').join(' ') };
}
