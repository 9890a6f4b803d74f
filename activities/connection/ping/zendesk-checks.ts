import { entitiesOf } from '../../../domain/entities.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import type { Store } from '../../../store/store.ts';
import { ok, type CheckResult, type Check } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { externalIdsCheck } from './external-ids-check.ts';
import { fieldsCheck } from './fields-check.ts';
import { firstSyncCheck, type KnownAnswers } from './first-sync-check.ts';
import { renewalCheck } from './renewal-check.ts';
import { taggingCheck } from './tagging-check.ts';
import type { SeenAnswers } from './seen-answers.ts';
import { webhookCheck, type StoredWebhook } from './webhook-check.ts';

/** What the checks of Zendesk need besides the clients. `canRenew`: Ledgerdesk can get a new token by itself. */
export interface ZendeskPing {
  readonly seen: SeenAnswers;
  readonly webhook: StoredWebhook;
  readonly store: Pick<Store, 'records' | 'fieldChecks' | 'taggingChecks'>;
  readonly canRenew: boolean;
}

/** Returns the checks of Zendesk. Each follows those on which it depends. They change nothing. */
export function zendeskChecks(
  systems: RemoteSystems,
  { seen, webhook, store, canRenew }: ZendeskPing,
): readonly Check[] {
  const { zendesk, connection } = systems;
  let isOff: Promise<boolean> | undefined;
  const isBulkImportOff = (): Promise<boolean> => (isOff ??= zendesk.isBulkImportOff());
  const hasUsers = entitiesOf(connection).some(({ target }) => target === 'user');
  return [
    { name: 'zendesk.token', system: 'zendesk', run: () => checkUser(zendesk) },
    {
      name: 'zendesk.scopes',
      system: 'zendesk',
      run: async () => scopesResult(await zendesk.tokenScopes()),
      optional: true,
    },
    renewalCheck(systems, canRenew),
    fieldsCheck(systems, store),
    taggingCheck(systems, store),
    ...(hasUsers ? userChecks(zendesk, isBulkImportOff) : []),
    externalIdsCheck(systems, store),
    firstSyncCheck(systems, { seen, isBulkImportOff }),
    {
      name: 'zendesk.rateLimit',
      system: 'zendesk',
      run: () => Promise.resolve(rateResult(seen.rate())),
      optional: true,
    },
    clockCheck('zendesk', seen),
    webhookCheck(systems, webhook),
  ];
}

/**
 * Checks the user of the token. `users/me` treats an expired token as anonymous instead of rejecting it, so another
 * request goes first, which renews the token. It is tried twice, because another process may have renewed the token in
 * between.
 */
async function checkUser(zendesk: RemoteSystems['zendesk']): Promise<CheckResult> {
  const readUser = async () => {
    await zendesk.accountSettings();
    return zendesk.currentUser();
  };
  return userResult((await readUser()) ?? (await readUser()));
}

function scopesResult(scopes: readonly string[]): CheckResult {
  const missing = ['read', 'write'].filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return ok('The token has the scopes read and write.');
  const fix = 'Give the OAuth client in Zendesk the scopes read and write, then authorize the connection again.';
  return { status: 'fail', detail: `The token lacks the scope ${missing.join(' and ')}.`, fix };
}

function userResult(user: { role: string } | null): CheckResult {
  if (user === null) {
    const fix = 'Authorize the connection again, or apply its file with a valid zendesk.accessToken.';
    return { status: 'fail', detail: 'Zendesk does not recognize the token: it answers as to an anonymous user.', fix };
  }
  if (user.role === 'admin') return ok('The token belongs to an administrator.');
  const fix = 'Authorize the connection as an administrator. Exports, bulk jobs and fields need this role.';
  return { status: 'fail', detail: `The token belongs to a user with the role ${user.role}.`, fix };
}

function userChecks(
  zendesk: RemoteSystems['zendesk'],
  isBulkImportOff: KnownAnswers['isBulkImportOff'],
): readonly Check[] {
  return [
    {
      name: 'zendesk.bulkUserImport',
      system: 'zendesk',
      run: async () =>
        (await isBulkImportOff()) ? BULK_IMPORT_OFF : ok('Users can be created in bulk, according to Zendesk.'),
      optional: true,
    },
    {
      name: 'zendesk.multipleOrganizations',
      system: 'zendesk',
      run: async () => multipleOrganizationsResult((await zendesk.accountSettings()).multipleOrganizations),
      optional: true,
    },
  ];
}

const BULK_IMPORT_OFF: CheckResult = {
  status: 'warn',
  detail: 'Zendesk has not enabled bulk user import for this account, so users are created one by one.',
  fix: 'Ask Zendesk support to enable bulk user import. The sync works without it, but more slowly.',
};

function multipleOrganizationsResult(multipleOrganizations: boolean | null): CheckResult {
  if (multipleOrganizations !== false) return ok('A user can belong to several organizations, according to Zendesk.');
  const detail = 'A user can belong to one organization only, so a contact of several accounts joins only the first.';
  return {
    status: 'warn',
    detail,
    fix: 'If contacts belong to several accounts, enable multiple organizations in the Admin Center.',
  };
}

function rateResult(rate: ReturnType<SeenAnswers['rate']>): CheckResult {
  if (rate === null) return ok('Zendesk has not sent its rate limit.');
  return ok(`Zendesk allows ${rate.limit} requests a minute, of which ${rate.remaining} are left now.`);
}
