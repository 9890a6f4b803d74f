/** What may be changed about the simulated account while it runs. Rates are per simulated minute unless named otherwise. */
export interface ZendeskSettings {
  /** Requests per minute of the whole account (Zendesk docs, Rate limits: 700 on Enterprise). */
  rateLimitPerMinute: number;
  /** Requests that another app has used up at the start of every minute. */
  otherAppsRequestsPerMinute: number;
  /** How long a bulk job takes, in simulated milliseconds. */
  jobDelayMs: number;
  /** Queued and running bulk jobs at most (Zendesk docs, Job Statuses: 30). */
  maxOpenJobs: number;
  /** The status of the answer TooManyJobs, which Zendesk's docs do not state. */
  tooManyJobsStatus: number;
  /** How long a job can be looked up (Zendesk docs: one day). */
  jobRetentionSeconds: number;
  /** Whether the first look-up of each job misses (seen by node-zendesk). */
  jobFirstLookup404: boolean;
  /** Whether failed items of a job say which input they mean. */
  failureItemsCarryIndex: boolean;
  /** Whether a create job lists its results in the order of its input; Zendesk promises nothing. */
  createResultsInOrder: boolean;
  /** Whether users/create_many is allowed; Zendesk enables it per account. */
  bulkUserImport: boolean;
  /** Whether a user may belong to several organizations. */
  multipleOrganizations: boolean;
  /** The newest changes that incremental exports leave out, and the least age of a start_time. */
  exportExcludesNewestSeconds: number;
  /** Requests per minute to the incremental exports together. */
  incrementalPerMinute: number;
  /** PUT requests per minute to one organization. */
  organizationUpdatesPerMinute: number;
  /** PUT and create_or_update requests per minute to one user. */
  userUpdatesPerMinute: number;
  /** PUT and create_or_update requests per second to all users. */
  userUpdatesPerSecond: number;
  /** Updates of one ticket by one user in ten minutes. */
  ticketUpdatesPerTenMinutes: number;
  /** How long search and autocomplete do not know of a new record. */
  searchLagSeconds: number;
  /** What becomes of a drop-down value that is no option: silently dropped, or refused with 422. */
  invalidDropdown: 'drop' | 'refuse';
  /** Whether a cursor list that ends on a full page is followed by an empty one. */
  emptyLastPage: boolean;
  /** Webhooks that the account can have; 10 on a trial. */
  mostWebhooks: number;
  /** Deliveries per minute; 60 on a trial. What comes beyond is throttled and tried a minute later. */
  webhookInvocationsPerMinute: number;
  /** Whether webhooks may subscribe to ticket events, of which Zendesk's docs are not sure. */
  ticketEventSubscriptions: boolean;
  /** Real milliseconds that a receiver has to answer a delivery. */
  webhookTimeoutMs: number;
  /** The probability that a delivery never sets out. */
  webhookLoseShare: number;
  /** The probability that a delivery is sent twice. */
  webhookDoubleShare: number;
  /** Simulated milliseconds from a change to its delivery. */
  webhookDelayMs: number;
  /** Simulated milliseconds that a delivery may wait longer, at random: later ones overtake it. */
  webhookShuffleMs: number;
  /** Whether deliveries to a failing receiver are stopped. */
  webhookBreaker: boolean;
  /** How long they are stopped, which Zendesk's docs do not state. */
  webhookBreakerPauseSeconds: number;
  /** From how many requests in five minutes a share of errors counts, which they do not state either. */
  webhookBreakerLeastRequests: number;
  /** What the authorization page does: consent at once, refuse at once, or show a form. */
  oauthConsent: 'grant' | 'deny' | 'ask';
  /** The user who is signed in there; null: the administrator. */
  oauthUserId: number | null;
  /** A public client needs no secret, but PKCE. */
  oauthClientKind: 'confidential' | 'public';
  /** The client's redirect addresses, compared exactly; null: any https one, and http on loopback. */
  oauthRedirectUris: readonly string[] | null;
  /** The scopes that the client may ask for; null: any text. */
  oauthAllowedScopes: readonly string[] | null;
  /** Whether tokens expire when the request does not ask for it; if not, `expires_in` is missing from the answer. */
  oauthExpiryEnforced: boolean;
  /** The status of an answer with tokens: the OpenAPI text says 201, clients saw 200. */
  oauthTokenStatus: 200 | 201;
  oauthInvalidGrantStatus: 400 | 401;
}

/** The settings of a large account with everything enabled. */
export const DEFAULT_SETTINGS: Readonly<ZendeskSettings> = {
  rateLimitPerMinute: 700,
  otherAppsRequestsPerMinute: 0,
  jobDelayMs: 300,
  maxOpenJobs: 30,
  tooManyJobsStatus: 429,
  jobRetentionSeconds: 86_400,
  jobFirstLookup404: false,
  failureItemsCarryIndex: true,
  createResultsInOrder: false,
  bulkUserImport: true,
  multipleOrganizations: true,
  exportExcludesNewestSeconds: 60,
  incrementalPerMinute: 10,
  organizationUpdatesPerMinute: 5,
  userUpdatesPerMinute: 5,
  userUpdatesPerSecond: 1,
  ticketUpdatesPerTenMinutes: 30,
  searchLagSeconds: 30,
  invalidDropdown: 'drop',
  emptyLastPage: false,
  mostWebhooks: 100,
  webhookInvocationsPerMinute: 100_000,
  ticketEventSubscriptions: true,
  webhookTimeoutMs: 12_000,
  webhookLoseShare: 0,
  webhookDoubleShare: 0,
  webhookDelayMs: 0,
  webhookShuffleMs: 0,
  webhookBreaker: true,
  webhookBreakerPauseSeconds: 300,
  webhookBreakerLeastRequests: 50,
  oauthConsent: 'grant',
  oauthUserId: null,
  oauthClientKind: 'confidential',
  oauthRedirectUris: null,
  oauthAllowedScopes: null,
  oauthExpiryEnforced: true,
  oauthTokenStatus: 200,
  oauthInvalidGrantStatus: 400,
};
