/**
 * The settings of the simulated account, which may be changed while it runs. Rates are per simulated minute unless
 * stated otherwise.
 */
export interface ZendeskSettings {
  /** Requests per minute of the whole account (Zendesk docs, Rate limits: 700 on Enterprise). */
  rateLimitPerMinute: number;
  /** The number of requests that another app has used at the start of every minute. */
  otherAppsRequestsPerMinute: number;
  /** The duration of a bulk job in simulated milliseconds. */
  jobDelayMs: number;
  /** The time for which each job is queued because of jobs before it. */
  jobQueueSeconds: number;
  /** The largest number of queued and running bulk jobs (Zendesk docs, Job Statuses: 30). */
  maxOpenJobs: number;
  /** The status of a TooManyJobs response, which Zendesk's docs do not state. */
  tooManyJobsStatus: number;
  /** The time for which a job can be looked up (Zendesk docs: one day). */
  jobRetentionSeconds: number;
  /** True if the first look-up of each job returns 404 (seen by node-zendesk). */
  jobFirstLookup404: boolean;
  /** The time for which a new job cannot be looked up (zenpy issue 291). */
  jobsHiddenSeconds: number;
  /** The answer about hidden jobs: they are missing, the list is missing, each job has its id only, or 404. */
  hiddenJobs: 'missing' | 'no-list' | 'id-only' | 'not-found';
  /** True if failed items of a job contain the index of their input. */
  failureItemsCarryIndex: boolean;
  /** True if the results of a create job are in the order of its input. Zendesk does not guarantee it. */
  createResultsInOrder: boolean;
  /** True if users/create_many is allowed. Zendesk enables it per account. */
  bulkUserImport: boolean;
  /** The effect of a phone number in an update: it is set, or becomes a further identity (java client issue 553). */
  phoneUpdates: 'set' | 'identity';
  /** True if runs of blanks in names become one blank. */
  collapsesBlanks: boolean;
  /** The tagging of users and organizations. When it is off, writes of tags are refused or ignored (both undocumented). */
  tagging: 'on' | 'refuse' | 'ignore';
  /** True if account/settings says whether tagging is on. */
  taggingShown: boolean;
  /** True if a user may belong to several organizations. */
  multipleOrganizations: boolean;
  /** The age below which changes are absent from incremental exports, and the smallest age of a start_time. */
  exportExcludesNewestSeconds: number;
  /** Requests per minute to all incremental exports. */
  incrementalPerMinute: number;
  /** PUT requests per minute to one organization. */
  organizationUpdatesPerMinute: number;
  /** PUT and create_or_update requests per minute to one user. */
  userUpdatesPerMinute: number;
  /** PUT and create_or_update requests per second to all users. */
  userUpdatesPerSecond: number;
  /** Updates of one ticket by one user in ten minutes. */
  ticketUpdatesPerTenMinutes: number;
  /** The time after which a new record appears in search and autocomplete. */
  searchLagSeconds: number;
  /** The handling of a drop-down value that is not an option: silently dropped, or refused with 422. */
  invalidDropdown: 'drop' | 'refuse';
  /** The longest page of lists (Zendesk docs, Pagination: 100). */
  longestPage: number;
  /** The longest page of incremental exports (Zendesk docs, Incremental Exports: 1,000). */
  longestExportPage: number;
  /** Members of organizations and users, by id, that answers show instead of the real ones, whatever their type. */
  malformedRecords: Readonly<Record<string, object>>;
  /** True if a cursor list that ends with a full page is followed by an empty page. */
  emptyLastPage: boolean;
  /** The largest number of webhooks; 10 on a trial. */
  mostWebhooks: number;
  /** Deliveries per minute; 60 on a trial. Further ones are throttled and tried again a minute later. */
  webhookInvocationsPerMinute: number;
  /** True if webhooks may subscribe to ticket events. Zendesk's docs contradict themselves here. */
  ticketEventSubscriptions: boolean;
  /** The time limit for a receiver's response, in real milliseconds. */
  webhookTimeoutMs: number;
  /** The probability that a delivery is never sent. */
  webhookLoseShare: number;
  /** The probability that a delivery is sent twice. */
  webhookDoubleShare: number;
  /** Simulated milliseconds from a change to its delivery. */
  webhookDelayMs: number;
  /**
   * The longest random extra delay of a delivery in simulated milliseconds. It makes later ones overtake earlier ones.
   */
  webhookShuffleMs: number;
  /** True if deliveries to a failing receiver are stopped. */
  webhookBreaker: boolean;
  /** The time for which they are stopped. Zendesk's docs do not state it. */
  webhookBreakerPauseSeconds: number;
  /** The number of requests in five minutes from which the share of errors counts. Zendesk's docs do not state it. */
  webhookBreakerLeastRequests: number;
  /** The behaviour of the authorization page: consent at once, refuse at once, or show a form. */
  oauthConsent: 'grant' | 'deny' | 'ask';
  /** The user who is signed in at the authorization page; null for the administrator. */
  oauthUserId: number | null;
  /** A public client needs PKCE but no secret. */
  oauthClientKind: 'confidential' | 'public';
  /** The client's redirect URIs, compared exactly; null for any https URI, and http on loopback. */
  oauthRedirectUris: readonly string[] | null;
  /** The scopes that the client may request; null for any. */
  oauthAllowedScopes: readonly string[] | null;
  /** True if tokens expire although the request does not ask for it. If false, the response has no `expires_in`. */
  oauthExpiryEnforced: boolean;
  /** What becomes of `expires_in` with the grant client_credentials, for which it is not documented. */
  oauthClientLifetimes: 'used' | 'refused';
  /** The status of a response with tokens. The OpenAPI document says 201, clients saw 200. */
  oauthTokenStatus: 200 | 201;
  oauthInvalidGrantStatus: 400 | 401;
}

/** The settings of a large account with everything enabled. */
export const DEFAULT_SETTINGS: Readonly<ZendeskSettings> = {
  rateLimitPerMinute: 700,
  otherAppsRequestsPerMinute: 0,
  jobDelayMs: 300,
  jobQueueSeconds: 0,
  maxOpenJobs: 30,
  tooManyJobsStatus: 429,
  jobRetentionSeconds: 86_400,
  jobFirstLookup404: false,
  jobsHiddenSeconds: 0,
  hiddenJobs: 'missing',
  failureItemsCarryIndex: true,
  createResultsInOrder: false,
  bulkUserImport: true,
  phoneUpdates: 'set',
  collapsesBlanks: false,
  tagging: 'on',
  taggingShown: true,
  multipleOrganizations: true,
  exportExcludesNewestSeconds: 60,
  incrementalPerMinute: 10,
  organizationUpdatesPerMinute: 5,
  userUpdatesPerMinute: 5,
  userUpdatesPerSecond: 1,
  ticketUpdatesPerTenMinutes: 30,
  searchLagSeconds: 30,
  invalidDropdown: 'drop',
  malformedRecords: {},
  longestPage: 100,
  longestExportPage: 1_000,
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
  oauthClientLifetimes: 'used',
  oauthTokenStatus: 200,
  oauthInvalidGrantStatus: 400,
};
