import { z } from 'zod';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import { assertBatch, showManyQueries, type ManyKeys } from './batches.ts';
import { jobAnswer, type JobStatus } from './job-wire.ts';
import {
  changeToWire,
  newOrganizationToWire,
  organizationWire,
  type NewOrganization,
  type OrganizationChange,
} from './organization-wire.ts';
import type { ZendeskSession } from './session.ts';

/** One page of the organizations changed since a time. `endTime` is the next page's `startTime`, in unix seconds. */
interface ExportPage {
  readonly organizations: readonly SeenOrganization[];
  readonly endTime: number;
  readonly endOfStream: boolean;
  readonly count: number;
}

/** Reads organizations. */
interface OrganizationReads {
  /** The export takes a `startTime` that is at least a minute old; deleted organizations appear in it. */
  exportOrganizations(wanted: { readonly startTime: number }): Promise<ExportPage>;
  /** At most 100 by id or external id, in no order; those that are not there are absent. */
  showOrganizations(wanted: ManyKeys): Promise<readonly SeenOrganization[]>;
  /** All of this very name, without regard to case; more than one can exist. */
  findOrganizationsByName(name: string): Promise<readonly SeenOrganization[]>;
  findOrganizationByExternalId(externalId: string): Promise<SeenOrganization | null>;
  /** The first of them, in no particular order: at most 100 for each of `pages` requests. `isWhole` tells whether there are no more. */
  firstOrganizations(
    pages: number,
  ): Promise<{ readonly organizations: readonly SeenOrganization[]; readonly isWhole: boolean }>;
  /** How many there are; beyond 100,000 Zendesk answers what it counted within the last day. */
  countOrganizations(): Promise<number>;
}

/** Writes organizations. */
interface OrganizationWrites {
  /** Starts a job that creates 1 to 100 organizations. */
  createOrganizations(items: readonly NewOrganization[]): Promise<JobStatus>;
  /** Starts a job that changes 1 to 100 organizations; tags are never sent. */
  updateOrganizations(items: readonly OrganizationChange[]): Promise<JobStatus>;
  /** Adds tags and leaves those that are there. Returns when that was done, by Zendesk's clock. */
  addOrganizationTags(id: string, tags: readonly string[]): Promise<string | null>;
}

/** The calls about organizations. */
export interface OrganizationCalls extends OrganizationReads, OrganizationWrites {}

const organizations = z
  .looseObject({ organizations: z.array(organizationWire) })
  .transform((wire) => wire.organizations);

const exported = z.looseObject({
  organizations: z.array(organizationWire),
  count: z.number().int().nonnegative(),
  end_time: z.number().int().nullish(),
  end_of_stream: z.boolean().nullish(),
});

const listed = z.looseObject({
  organizations: z.array(organizationWire),
  meta: z.looseObject({ has_more: z.boolean(), after_cursor: z.string().min(1).nullish() }),
});

const counted = z.looseObject({ count: z.looseObject({ value: z.number().int().nonnegative() }) });

/** The export's largest page (Zendesk docs, Incremental Exports). */
const EXPORT_PAGE = 1_000;

/** Makes the calls about organizations. */
export function organizationCalls(session: ZendeskSession): OrganizationCalls {
  return { ...organizationReads(session), ...organizationWrites(session) };
}

function organizationReads(session: ZendeskSession): OrganizationReads {
  return {
    async exportOrganizations({ startTime }) {
      const page = await session.get(exported, {
        operation: 'export organizations',
        path: `incremental/organizations?start_time=${startTime}&per_page=${EXPORT_PAGE}`,
        buckets: ['incremental'],
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
      const found: SeenOrganization[] = [];
      for (const query of showManyQueries(wanted)) {
        const path = `organizations/show_many?${query}`;
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
    async firstOrganizations(pages) {
      const found: SeenOrganization[] = [];
      let after: string | null = '';
      for (let page = 0; page < pages && after !== null; page += 1) {
        const next: string = after === '' ? '' : `&page[after]=${encodeURIComponent(after)}`;
        const path = `organizations?page[size]=100${next}`;
        const answer: z.infer<typeof listed> = await session.get(listed, { operation: 'list organizations', path });
        found.push(...answer.organizations);
        after = answer.meta.has_more ? (answer.meta.after_cursor ?? null) : null;
      }
      return { organizations: found, isWhole: after === null };
    },
    async countOrganizations() {
      const answer = await session.get(counted, { operation: 'count organizations', path: 'organizations/count' });
      return answer.count.value;
    },
  };
}

function organizationWrites(session: ZendeskSession): OrganizationWrites {
  return {
    createOrganizations(items) {
      assertBatch(items.length);
      const json = { organizations: items.map(newOrganizationToWire) };
      const call = { operation: 'create organizations', path: 'organizations/create_many', buckets: ['jobs'] };
      return session.send(jobAnswer, { ...call, method: 'POST', json });
    },
    updateOrganizations(items) {
      assertBatch(items.length);
      const json = { organizations: items.map(changeToWire) };
      const call = { operation: 'update organizations', path: 'organizations/update_many', buckets: ['jobs'] };
      return session.send(jobAnswer, { ...call, method: 'PUT', json });
    },
    async addOrganizationTags(id, tags) {
      const path = `organizations/${encodeURIComponent(id)}/tags`;
      const call = { operation: 'add tags to an organization', path, buckets: [`organization:${id}`] };
      const schema = z.looseObject({ tags: z.array(z.string()) });
      return (await session.sendDated(schema, { ...call, method: 'PUT', json: { tags } })).at;
    },
  };
}
