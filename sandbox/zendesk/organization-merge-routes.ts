import { mergeOrganizations } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import { createUlid } from './identifiers.ts';
import type { Merge } from './organization-merges.ts';
import { parameterMissing, recordNotFound, Refusal } from './refusal.ts';
import { idOrNull, memberObject } from './wire-input.ts';

/** Merges of two organizations. The one in the path is deleted (Zendesk docs, Organization Merge). */
export const ORGANIZATION_MERGE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    pattern: 'organizations/:id/merge',
    operation: 'organizations.merge',
    access: 'admin',
    handle: merge,
  },
  { method: 'GET', pattern: 'organizations/:id/merges', operation: 'organizations.merges', handle: listMerges },
  { method: 'GET', pattern: 'organization_merges/:id', operation: 'organization_merges.show', handle: showMerge },
];

function merge(call: Call): Result {
  const { account } = call;
  const { id: loserId } = account.organizations.require(idOf(call));
  const winnerId = idOrNull(memberObject(call.body, 'organization_merge')['winner_id']);
  if (winnerId === null) throw parameterMissing('winner_id');
  account.organizations.require(winnerId);
  const requested = account.merges.add({ id: createUlid(account.random), loserId, winnerId, status: 'new' });
  account.timers.after(account.settings.jobDelayMs, () => run(call, requested));
  return ok({ organization_merge: show(call, requested) });
}

function run({ account }: Call, requested: Merge): void {
  try {
    mergeOrganizations(account, requested.loserId, requested.winnerId);
    requested.status = 'complete';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    requested.status = 'error';
  }
}

function listMerges(call: Call): Result {
  const merges = call.account.merges.ofLoser(idOf(call));
  return ok({ organization_merges: merges.map((requested) => show(call, requested)) });
}

function showMerge(call: Call): Result {
  const requested = call.account.merges.find(call.params['id'] ?? '');
  if (!requested) throw recordNotFound();
  return ok({ organization_merge: show(call, requested) });
}

function show({ baseUrl }: Call, { id, loserId, winnerId, status }: Merge): object {
  const url = `${baseUrl}/api/v2/organization_merges/${id}.json`;
  return { id, url, loser_id: loserId, winner_id: winnerId, status };
}
