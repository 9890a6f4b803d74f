import { entitiesOf } from '../../../domain/entities.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import type { Store } from '../../../store/store.ts';
import { ok, type CheckResult, type Check } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { externalIdsCheck } from './external-ids-check.ts';
import { fieldsCheck } from './fields-check.ts';
import { firstSyncCheck } from './first-sync-check.ts';
import type { SeenAnswers } from './seen-answers.ts';

/** What the store knows of the webhook: whether a signing secret is kept, and when an event last came. */
export interface SeenWebhook {
  readonly isWired: boolean;
  readonly lastEventAt: Date | undefined;
}

/** Lists the checks of Zendesk, each after those that it depends on. Nothing is changed. */
export function zendeskChecks(
  systems: RemoteSystems,
  { seen, webhook, store }: { seen: SeenAnswers; webhook: SeenWebhook; store: Pick<Store, 'records' | 'fieldChecks'> },
): readonly Check[] {
  const { zendesk, connection } = systems;
  const hasUsers = entitiesOf(connection).some(({ target }) => target === 'user');
  return [
    { name: 'zendesk.token', system: 'zendesk', run: () => checkUser(zendesk) },
    {
      name: 'zendesk.scopes',
      system: 'zendesk',
      run: async () => scopesResult(await zendesk.tokenScopes()),
      optional: true,
    },
    fieldsCheck(systems, store),
    ...(hasUsers ? userChecks(zendesk) : []),
    externalIdsCheck(systems, store),
    firstSyncCheck(systems, seen),
    {
      name: 'zendesk.rateLimit',
      system: 'zendesk',
      run: () => Promise.resolve(rateResult(seen.rate())),
      optional: true,
    },
    clockCheck('zendesk', seen),
    {
      name: 'zendesk.webhook',
      system: 'zendesk',
      run: () => Promise.resolve(webhookResult(webhook)),
      optional: true,
    },
  ];
}

/**
 * Only `users/me` answers an expired token as an anonymous visitor's, so another request is made first, which renews the token. It
 * is tried twice, since another process may have renewed it in between.
 */
async function checkUser(zendesk: RemoteSystems['zendesk']): Promise<CheckResult> {
  const ask = async () => {
    await zendesk.accountSettings();
    return zendesk.currentUser();
  };
  return userResult((await ask()) ?? (await ask()));
}

function scopesResult(scopes: readonly string[]): CheckResult {
  const missing = ['read', 'write'].filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return ok('The token has the scopes read and write.');
  const fix = 'Allow the OAuth client in Zendesk the scopes read and write, and authorize the connection again.';
  return { status: 'fail', detail: `The token lacks the scope ${missing.join(' and ')}.`, fix };
}

function userResult(user: { role: string } | null): CheckResult {
  if (user === null) {
    const fix = 'Authorize the connection again, or apply its file with a valid zendesk.accessToken.';
    return { status: 'fail', detail: 'Zendesk treats the token as that of an anonymous visitor.', fix };
  }
  if (user.role === 'admin') return ok('The token is that of an administrator.');
  const fix = 'Authorize the connection as an administrator: exports, bulk jobs and fields need one.';
  return { status: 'fail', detail: `The token is that of a user with the role ${user.role}.`, fix };
}

function userChecks(zendesk: RemoteSystems['zendesk']): readonly Check[] {
  return [
    {
      name: 'zendesk.bulkUserImport',
      system: 'zendesk',
      run: async () =>
        (await zendesk.isBulkImportOff())
          ? BULK_IMPORT_OFF
          : ok('Users can be created in bulk, as far as Zendesk says.'),
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
  if (multipleOrganizations !== false) return ok('A user may belong to several organizations, as far as Zendesk says.');
  const detail = 'A user may belong to one organization only, so contacts of several accounts are put into the first.';
  return {
    status: 'warn',
    detail,
    fix: 'Enable multiple organizations in the Admin Center if contacts belong to several accounts.',
  };
}

function rateResult(rate: ReturnType<SeenAnswers['rate']>): CheckResult {
  if (rate === null) return ok('Zendesk has not shown its rate limit.');
  return ok(`${rate.limit} requests a minute are allowed, ${rate.remaining} are free now.`);
}

function webhookResult({ isWired, lastEventAt }: SeenWebhook): CheckResult {
  if (!isWired) {
    const fix = 'Run "ledgerdesk connection wire ID", so that changes of tickets are seen at once.';
    return { status: 'warn', detail: 'No webhook is wired, so tickets are read by the schedule alone.', fix };
  }
  return ok(
    lastEventAt === undefined
      ? 'The webhook is wired. Nothing has arrived yet.'
      : `The last event arrived at ${lastEventAt.toISOString()}.`,
  );
}
