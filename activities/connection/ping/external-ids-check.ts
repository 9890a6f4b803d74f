import { couldRender, externalIdKey } from '../../../domain/sync/external-id.ts';
import type { Store } from '../../../store/store.ts';
import type { FarSystems } from '../../dependencies.ts';
import { ok, type Finding, type Look } from './check.ts';

/** Enough to see whether anybody else gives external ids; the export would show more, but its 10 requests a minute are the sync's. */
const PAGES = 3;

/**
 * Sees which external ids organizations in Zendesk have already, in the first pages of the list: those that our accounts
 * have reserved are ours; what else has our form will be taken for ours; others are somebody else's.
 */
export function externalIdsLook({ zendesk, connection }: FarSystems, store: Pick<Store, 'records'>): Look {
  const look = async (): Promise<Finding> => {
    const { organizations, isWhole } = await zendesk.firstOrganizations(PAGES);
    const used = organizations.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
    const reserved = await store.records.reservedExternalIds(connection.id, used);
    const others = used.filter((externalId) => !reserved.has(externalIdKey(externalId)));
    const { legalEntities } = connection.settings.dynamics;
    const alike = others.filter((externalId) => couldRender(connection.externalIdTemplate, externalId, legalEntities));
    const looked = `${isWhole ? '' : 'the first '}${organizations.length} organizations`;
    return judge(looked, {
      ours: used.length - others.length,
      alike: alike.length,
      foreign: others.length - alike.length,
    });
  };
  return { name: 'zendesk.externalIds', system: 'zendesk', look, optional: true };
}

function judge(looked: string, { ours, alike, foreign }: { ours: number; alike: number; foreign: number }): Finding {
  if (alike + foreign === 0) return ok(`Of ${looked}, ${ours} have an external id, all of them ours.`);
  const detail = `Of ${looked}, ${ours} have an external id of ours, ${alike} one of its form, and ${foreign} another's.`;
  const fixes = [
    alike === 0
      ? ''
      : "One of our form is taken for the account's whose external id it is, and its organization is renamed; nothing is to be done if that is meant, else give sync.externalId another template.",
    foreign === 0
      ? ''
      : "One with another's external id is never adopted or changed; find out what uses it, and clear it where the organization is an account's.",
  ];
  return { status: 'warn', detail, fix: fixes.filter((fix) => fix !== '').join(' ') };
}
