import { mergeOrganizations } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import { createUlid } from './identifiers.ts';
import type { Merge } from './organization-merges.ts';
import { parameterMissing, recordNotFound, Refusal } from './refusal.ts';
import { idOrNull, memberObject } from './wire-input.ts';

/** Merging two organizations: the one in the path loses and is deleted (Zendesk docs, Organization Merge). */
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
  const asked = account.merges.add({ id: createUlid(account.random), loserId, winnerId, status: 'new' });
  account.timers.after(account.settings.jobDelayMs, () => run(call, asked));
  return ok({ organization_merge: show(call, asked) });
}

function run({ account }: Call, asked: Merge): void {
  try {
    mergeOrganizations(account, asked.loserId, asked.winnerId);
    asked.status = 'complete';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    asked.status = 'error';
  }
}

function listMerges(call: Call): Result {
  const merges = call.account.merges.ofLoser(idOf(call));
  return ok({ organization_merges: merges.map((asked) => show(call, asked)) });
}

function showMerge(call: Call): Result {
  const asked = call.account.merges.find(call.params['id'] ?? '');
  if (!asked) throw recordNotFound();
  return ok({ organization_merge: show(call, asked) });
}

function show({ baseUrl }: Call, { id, loserId, winnerId, status }: Merge): object {
  const url = `${baseUrl}/api/v2/organization_merges/${id}.json`;
  return { id, url, loser_id: loserId, winner_id: winnerId, status };
}
