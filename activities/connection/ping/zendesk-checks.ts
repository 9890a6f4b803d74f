import { ORGANIZATION_FIELDS } from '../../../domain/accounts/organization.ts';
import { USER_FIELDS } from '../../../domain/contacts/user.ts';
import type { FarSystems } from '../../dependencies.ts';
import type { Store } from '../../../store/store.ts';
import { ok, type Finding, type Look } from './check.ts';
import { clockLook } from './clock-check.ts';
import { externalIdsLook } from './external-ids-check.ts';
import { firstSyncLook } from './first-sync-check.ts';
import type { SeenAnswers } from './seen-answers.ts';

/** What the store knows of the webhook: whether a signing secret is kept, and when an event last came. */
export interface SeenWebhook {
  readonly isWired: boolean;
  readonly lastEventAt: Date | undefined;
}

/** What is looked at in Zendesk, in an order in which each leans on the one before. Nothing is changed. */
export function zendeskLooks(
  systems: FarSystems,
  { seen, webhook, store }: { seen: SeenAnswers; webhook: SeenWebhook; store: Pick<Store, 'records'> },
): readonly Look[] {
  const { zendesk, connection } = systems;
  const { contacts } = connection.settings.sync;
  return [
    { name: 'zendesk.token', system: 'zendesk', look: () => lookAtUser(zendesk) },
    {
      name: 'zendesk.scopes',
      system: 'zendesk',
      look: async () => judgeScopes(await zendesk.tokenScopes()),
      optional: true,
    },
    { name: 'zendesk.fields', system: 'zendesk', look: () => lookAtFields(zendesk, contacts), optional: true },
    ...(contacts ? contactLooks(zendesk) : []),
    externalIdsLook(systems, store),
    firstSyncLook(systems, seen),
    {
      name: 'zendesk.rateLimit',
      system: 'zendesk',
      look: () => Promise.resolve(judgeRate(seen.rate())),
      optional: true,
    },
    clockLook('zendesk', seen),
    {
      name: 'zendesk.webhook',
      system: 'zendesk',
      look: () => Promise.resolve(judgeWebhook(webhook)),
      optional: true,
    },
  ];
}

/**
 * Only `users/me` answers a void token as an anonymous visitor's; so another call is made first, which renews the token. It
 * is looked twice, since another process may have renewed it in between.
 */
async function lookAtUser(zendesk: FarSystems['zendesk']): Promise<Finding> {
  const look = async () => {
    await zendesk.accountSettings();
    return zendesk.currentUser();
  };
  return judgeUser((await look()) ?? (await look()));
}

function judgeScopes(scopes: readonly string[]): Finding {
  const missing = ['read', 'write'].filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return ok('The token has the scopes read and write.');
  const fix = 'Allow the OAuth client in Zendesk the scopes read and write, and authorize the connection again.';
  return { status: 'fail', detail: `The token lacks the scope ${missing.join(' and ')}.`, fix };
}

function judgeUser(user: { role: string } | null): Finding {
  if (user === null) {
    const fix = 'Authorize the connection again, or apply its file with a valid zendesk.accessToken.';
    return { status: 'fail', detail: 'Zendesk takes the token for an anonymous visitor.', fix };
  }
  if (user.role === 'admin') return ok('The token is that of an administrator.');
  const fix = 'Authorize the connection as an administrator: exports, bulk jobs and fields need one.';
  return { status: 'fail', detail: `The token is that of a user with the role ${user.role}.`, fix };
}

async function lookAtFields(zendesk: FarSystems['zendesk'], contacts: boolean): Promise<Finding> {
  const organization = new Set((await zendesk.listOrganizationFields()).map(({ key }) => key));
  const user = new Set(contacts ? (await zendesk.listUserFields()).map(({ key }) => key) : []);
  const missing = [
    ...ORGANIZATION_FIELDS.filter(({ key }) => !organization.has(key)),
    ...(contacts ? USER_FIELDS.filter(({ key }) => !user.has(key)) : []),
  ];
  if (missing.length === 0) return ok('All organization and user fields are there.');
  return ok(`${missing.length} fields are missing; the first sync creates them.`);
}

function contactLooks(zendesk: FarSystems['zendesk']): readonly Look[] {
  return [
    {
      name: 'zendesk.bulkUserImport',
      system: 'zendesk',
      look: async () =>
        (await zendesk.isBulkImportOff())
          ? BULK_IMPORT_OFF
          : ok('Users can be created in bulk, as far as Zendesk tells.'),
      optional: true,
    },
    {
      name: 'zendesk.multipleOrganizations',
      system: 'zendesk',
      look: async () => judgeSeveral((await zendesk.accountSettings()).multipleOrganizations),
      optional: true,
    },
  ];
}

const BULK_IMPORT_OFF: Finding = {
  status: 'warn',
  detail: 'Zendesk has not enabled bulk user import for this account, so users are created one by one.',
  fix: 'Ask Zendesk support to enable bulk user import; the sync works without, only slower.',
};

function judgeSeveral(multipleOrganizations: boolean | null): Finding {
  if (multipleOrganizations !== false)
    return ok('A user may belong to several organizations, as far as Zendesk tells.');
  const detail = 'A user may belong to one organization only: contacts of several accounts are tied to the first.';
  return {
    status: 'warn',
    detail,
    fix: 'Enable multiple organizations in the Admin Center if contacts belong to several accounts.',
  };
}

function judgeRate(rate: ReturnType<SeenAnswers['rate']>): Finding {
  if (rate === null) return ok('Zendesk has not told its rate limit.');
  return ok(`${rate.limit} requests a minute are allowed, ${rate.remaining} are free now.`);
}

function judgeWebhook({ isWired, lastEventAt }: SeenWebhook): Finding {
  if (!isWired) {
    const fix = 'Run "ledgerdesk connection wire ID", so that changes of tickets are seen at once.';
    return { status: 'warn', detail: 'No webhook is wired: tickets are read by the schedule alone.', fix };
  }
  return ok(
    lastEventAt === undefined
      ? 'The webhook is wired; nothing has arrived yet.'
      : `The last event arrived at ${lastEventAt.toISOString()}.`,
  );
}
