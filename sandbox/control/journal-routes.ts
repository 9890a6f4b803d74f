import type { Journal, SystemName } from '../core/journal.ts';
import type { ControlCall, ControlRoute } from './control-route.ts';
import { ControlError, listOf } from './control-route.ts';

const SYSTEMS: readonly SystemName[] = ['zendesk', 'dynamics', 'entra'];

/** Returns the routes of the journal. */
export function journalRoutes(journal: Journal, countMails: () => number): ControlRoute[] {
  return [
    { method: 'GET', pattern: /^\/journal$/, handle: ({ query }) => listOf(journal.items(filterOf(query))) },
    { method: 'DELETE', pattern: /^\/journal$/, handle: () => journal.clear() },
    { method: 'GET', pattern: /^\/counts$/, handle: () => ({ ...journal.counts(), mailsSent: countMails() }) },
  ];
}

/** Returns the system with this name. Throws a 400 for any other name. */
export function systemOf(name: unknown): SystemName {
  const system = SYSTEMS.find((known) => known === name);
  if (!system) throw new ControlError(400, `The system must be one of ${SYSTEMS.join(', ')}.`);
  return system;
}

function filterOf(query: ControlCall['query']): Parameters<Journal['items']>[0] {
  const system = query.get('system');
  const since = Number(query.get('since') ?? 0);
  if (!Number.isSafeInteger(since)) throw new ControlError(400, '`since` must be the number of a journal entry.');
  return { since, ...(system === null ? {} : { system: systemOf(system) }) };
}
