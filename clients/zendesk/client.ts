import { z } from 'zod';
import { externalIdKey } from '../../domain/external-id.ts';
import { nameKey } from '../../domain/organization-name.ts';
import type { SeenOrganization } from '../../domain/organization.ts';
import type { Http } from '../http.ts';
import { wireId } from './ids.ts';
import { jobWire, type JobStatus } from './job-wire.ts';
import {
  changeToWire,
  newOrganizationToWire,
  organizationWire,
  type NewOrganization,
  type OrganizationChange,
} from './organization-wire.ts';
import { createSession, type ZendeskSession } from './session.ts';

/** One page of the organizations changed since a time. `endTime` is the next page's `startTime`, in unix seconds. */
interface ExportPage {
  readonly organizations: readonly SeenOrganization[];
  readonly endTime: number;
  readonly endOfStream: boolean;
  readonly count: number;
}

/** The definition of an organization field. */
interface OrganizationField {
  readonly key: string;
  readonly type: string;
  readonly active: boolean;
}

/** What Ledgerdesk asks of Zendesk. Every function rejects with a FarSystemError of `zendesk`. */
export interface ZendeskClient {
  /** The export takes a `startTime` that is at least a minute old; deleted organizations appear in it. */
  exportOrganizations(wanted: {
    readonly startTime: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<ExportPage>;
  /** At most 100 by id or external id, in no order; those that are not there are absent. */
  showOrganizations(
    wanted: { readonly ids: readonly string[] } | { readonly externalIds: readonly string[] },
  ): Promise<readonly SeenOrganization[]>;
  /** All of this very name, without regard to case; more than one can exist. */
  findOrganizationsByName(name: string): Promise<readonly SeenOrganization[]>;
  findOrganizationByExternalId(externalId: string): Promise<SeenOrganization | null>;
  /** Starts a job that creates 1 to 100 organizations. */
  createOrganizations(items: readonly NewOrganization[]): Promise<JobStatus>;
  /** Starts a job that changes 1 to 100 organizations; tags are never sent. */
  updateOrganizations(items: readonly OrganizationChange[]): Promise<JobStatus>;
  /** Adds tags and leaves those that are there. */
  addOrganizationTags(id: string, tags: readonly string[]): Promise<void>;
  /** At most 100; a job that Zendesk no longer keeps (after a day), or not yet shows, is absent. */
  showJobs(ids: readonly string[]): Promise<readonly JobStatus[]>;
  /** The jobs that Zendesk still lists. */
  listJobs(): Promise<readonly JobStatus[]>;
  listOrganizationFields(): Promise<readonly OrganizationField[]>;
  /** Creates a text field. */
  createOrganizationField(field: { readonly key: string; readonly title: string }): Promise<OrganizationField>;
  /** Who the token is; null when Zendesk takes it for an anonymous visitor, as it does some wrong tokens. */
  currentUser(): Promise<{ readonly id: string; readonly role: string } | null>;
}

const MOST_ITEMS = 100;

/** Longest query of a look-up, well below what servers take; longer ones are split. */
const LONGEST_QUERY = 6_000;

const organizations = z
  .looseObject({ organizations: z.array(organizationWire) })
  .transform((wire) => wire.organizations);
const job = z.looseObject({ job_status: jobWire }).transform((wire) => wire.job_status);
const jobs = z.looseObject({ job_statuses: z.array(jobWire) }).transform((wire) => wire.job_statuses);
const field = z
  .looseObject({ key: z.string(), type: z.string(), active: z.boolean().optional() })
  .transform(({ key, type, active }): OrganizationField => ({ key, type, active: active !== false }));
const fields = z.looseObject({ organization_fields: z.array(field) }).transform((wire) => wire.organization_fields);
const me = z.looseObject({ user: z.looseObject({ id: wireId.nullable(), role: z.string().nullish() }) });

const exported = z.looseObject({
  organizations: z.array(organizationWire),
  count: z.number().int().nonnegative(),
  end_time: z.number().int().nullish(),
  end_of_stream: z.boolean().nullish(),
});

/** The export's largest page (Zendesk docs, Incremental Exports). */
const EXPORT_PAGE = 1_000;

/** Makes the client of one Zendesk account. `accessToken` is asked before every request. */
export function createZendeskClient(options: {
  readonly origin: string;
  readonly accessToken: () => Promise<string>;
  readonly http: Http;
}): ZendeskClient {
  const session = createSession(options);
  return { ...organizationReads(session), ...organizationWrites(session), ...jobsAndAccount(session) };
}

type Reads = 'exportOrganizations' | 'showOrganizations' | 'findOrganizationsByName' | 'findOrganizationByExternalId';
type Writes = 'createOrganizations' | 'updateOrganizations' | 'addOrganizationTags';

function organizationReads(session: ZendeskSession): Pick<ZendeskClient, Reads> {
  return {
    async exportOrganizations({ startTime, signal }) {
      const page = await session.get(exported, {
        operation: 'export organizations',
        path: `incremental/organizations?start_time=${startTime}&per_page=${EXPORT_PAGE}`,
        buckets: ['incremental'],
        signal,
      });
      return {
        organizations: page.organizations,
        endTime: page.end_time ?? startTime,
        // A `next_page` says nothing: it is there on the last page too, and clients looped on it.
        endOfStream: page.end_of_stream ?? page.count < EXPORT_PAGE,
        count: page.count,
      };
    },
    async showOrganizations(wanted) {
      const [parameter, values] = 'ids' in wanted ? ['ids', wanted.ids] : ['external_ids', wanted.externalIds];
      const found: SeenOrganization[] = [];
      for (const query of commaQueries(values)) {
        const path = `organizations/show_many?${parameter}=${query}`;
        found.push(...(await session.get(organizations, { operation: 'show organizations', path })));
      }
      return found;
    },
    async findOrganizationsByName(name) {
      const path = `organizations/search?name=${encodeURIComponent(name)}`;
      const found = await session.list(organizations, {
        operation: 'find organizations by name',
        path,
        pages: 'number',
      });
      return found.filter((organization) => nameKey(organization.name) === nameKey(name));
    },
    async findOrganizationByExternalId(externalId) {
      const path = `organizations/search?external_id=${encodeURIComponent(externalId)}`;
      const found = await session.get(organizations, { operation: 'find an organization by external id', path });
      const same = (other: string | null): boolean =>
        other !== null && externalIdKey(other) === externalIdKey(externalId);
      return found.find((organization) => same(organization.externalId)) ?? null;
    },
  };
}

function organizationWrites(session: ZendeskSession): Pick<ZendeskClient, Writes> {
  return {
    createOrganizations(items) {
      assertBatch(items.length);
      const json = { organizations: items.map(newOrganizationToWire) };
      const call = { operation: 'create organizations', path: 'organizations/create_many', buckets: ['jobs'] };
      return session.send(job, { ...call, method: 'POST', json });
    },
    updateOrganizations(items) {
      assertBatch(items.length);
      const json = { organizations: items.map(changeToWire) };
      const call = { operation: 'update organizations', path: 'organizations/update_many', buckets: ['jobs'] };
      return session.send(job, { ...call, method: 'PUT', json });
    },
    async addOrganizationTags(id, tags) {
      const path = `organizations/${encodeURIComponent(id)}/tags`;
      const call = { operation: 'add tags to an organization', path, buckets: [`organization:${id}`] };
      await session.send(z.looseObject({ tags: z.array(z.string()) }), { ...call, method: 'PUT', json: { tags } });
    },
  };
}

function jobsAndAccount(session: ZendeskSession): Omit<ZendeskClient, Reads | Writes> {
  return {
    async showJobs(ids) {
      const found: JobStatus[] = [];
      for (const query of commaQueries(ids)) {
        const path = `job_statuses/show_many?ids=${query}`;
        found.push(...(await session.get(jobs, { operation: 'show jobs', path })));
      }
      return found;
    },
    listJobs: () => session.list(jobs, { operation: 'list jobs', path: 'job_statuses', pages: 'cursor' }),
    listOrganizationFields: () =>
      session.list(fields, { operation: 'list organization fields', path: 'organization_fields', pages: 'cursor' }),
    async createOrganizationField({ key, title }) {
      const schema = z.looseObject({ organization_field: field });
      const call = { operation: 'create an organization field', path: 'organization_fields' };
      const json = { organization_field: { key, title, type: 'text', active: true } };
      return (await session.send(schema, { ...call, method: 'POST', json })).organization_field;
    },
    async currentUser() {
      const { user } = await session.get(me, { operation: 'read the current user', path: 'users/me' });
      return user.id === null ? null : { id: user.id, role: user.role ?? '' };
    },
  };
}

/** Joins values as Zendesk's look-ups take them, in as many queries as their length asks for. */
function commaQueries(values: readonly string[]): readonly string[] {
  if (values.length > MOST_ITEMS) throw new RangeError(`At most ${MOST_ITEMS} can be looked up at once.`);
  if (values.some((value) => value.includes(','))) throw new RangeError('A value with a comma cannot be looked up.');
  const queries: string[] = [];
  for (const value of values.filter((text) => text !== '').map(encodeURIComponent)) {
    const last = queries.at(-1);
    if (last !== undefined && last.length + value.length < LONGEST_QUERY)
      queries[queries.length - 1] = `${last},${value}`;
    else queries.push(value);
  }
  return queries;
}

function assertBatch(length: number): void {
  if (length === 0 || length > MOST_ITEMS)
    throw new RangeError(`A batch holds 1 to ${MOST_ITEMS} items, not ${length}.`);
}
