import type { Http } from '../http.ts';
import { accountCalls, type AccountCalls } from './account.ts';
import { fieldCalls, type FieldCalls } from './custom-fields.ts';
import { identityCalls, type IdentityCalls } from './identities.ts';
import { jobCalls, type JobCalls } from './jobs.ts';
import { membershipCalls, type MembershipCalls } from './memberships.ts';
import { organizationCalls, type OrganizationCalls } from './organizations.ts';
import { createSession, type AccessToken } from './session.ts';
import { ticketCalls, type TicketCalls } from './tickets.ts';
import { triggerCalls, type TriggerCalls } from './triggers.ts';
import { userCalls, type UserCalls } from './users.ts';
import { webhookCalls, type WebhookCalls } from './webhooks.ts';

/** The client of one Zendesk account. Every function rejects with a RemoteError of `zendesk`. */
export interface ZendeskClient
  extends
    OrganizationCalls,
    UserCalls,
    IdentityCalls,
    MembershipCalls,
    TicketCalls,
    JobCalls,
    FieldCalls,
    AccountCalls,
    WebhookCalls,
    TriggerCalls {}

/** Creates the client of one Zendesk account. It calls `accessToken` before every request, and after a 401. */
export function createZendeskClient(options: {
  readonly origin: string;
  readonly accessToken: AccessToken;
  readonly http: Http;
}): ZendeskClient {
  const session = createSession(options);
  return {
    ...organizationCalls(session),
    ...userCalls(session),
    ...identityCalls(session),
    ...membershipCalls(session),
    ...jobCalls(session),
    ...fieldCalls(session),
    ...accountCalls(session),
    ...ticketCalls(session),
    ...webhookCalls(session),
    ...triggerCalls(session),
  };
}
