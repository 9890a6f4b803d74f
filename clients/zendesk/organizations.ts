import { z } from 'zod';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import { assertBatch, showManyQueries, type ManyKeys } from './batches.ts';
import { jobResponse, type JobStatus } from './job-wire.ts';
import {
  changeToWire,
  newOrganizationToWire,
  organizationsWire,
  type NewOrganization,
  type OrganizationChange,
} from './organization-wire.ts';
import type { ZendeskSession } from './session.ts';

/**
 * One page of the organizations that changed since a time. `endTime` is the next page's `startTime`, in unix seconds.
 */
interface ExportPage {
  readonly organizations: readonly SeenOrganization[];
  readonly endTime: number;
  readonly endOfStream: boolean;
  readonly count: number;
}

/** The requests that read organizations. */
interface OrganizationReads {
  /** Reads a page of the export, which contains deleted organizations. `startTime` must be at least a minute old. */
  exportOrganizations(wanted: { readonly startTime: number }): Promise<ExportPage>;
  /** Reads at most 100 organizations, in no particular order. Organizations that do not exist are absent. */
  showOrganizations(wanted: ManyKeys): Promise<readonly SeenOrganization[]>;
  /** Returns all organizations with exactly this name, ignoring case. There can be more than one. */
  findOrganizationsByName(name: string): Promise<readonly SeenOrganization[]>;
  findOrganizationByExternalId(externalId: string): Promise<SeenOrganization | null>;
  /**
   * Reads `pages` pages of at most 100 organizations, in no particular order. `isWhole` is true if there are no more.
   */
  firstOrganizations(
    pages: number,
  ): Promise<{ readonly organizations: readonly SeenOrganization[]; readonly isWhole: boolean }>;
  /** Counts the organizations. Above 100,000, Zendesk returns a count from within the last day. */
  countOrganizations(): Promise<number>;
}

/** The tags of an organization after a write. `at` is the time of the response by Zendesk's clock, or null. */
interface TagsAfter {
  readonly at: string | null;
  readonly tags: readonly string[];
}

/** The requests that write organizations. */
interface OrganizationWrites {
  /** Starts a job that creates 1 to 100 organizations. */
  createOrganizations(items: readonly NewOrganization[]): Promise<JobStatus>;
  /** Starts a job that changes 1 to 100 organizations. It never sends tags. */
  updateOrganizations(items: readonly OrganizationChange[]): Promise<JobStatus>;
  /** Adds tags and keeps the existing ones. */
  addOrganizationTags(id: string, tags: readonly string[]): Promise<TagsAfter>;
}

/** The requests about organizations. */
export interface OrganizationCalls extends OrganizationReads, OrganizationWrites {}

const organizations = z.looseObject({ organizations: organizationsWire }).transform((wire) => wire.organizations);

const exported = z.looseObject({
  organizations: organizationsWire,
  count: z.number().int().nonnegative(),
  end_time: z.number().int().nullish(),
  end_of_stream: z.boolean().nullish(),
});

const counted = z.looseObject({ count: z.looseObject({ value: z.number().int().nonnegative() }) });

/** The export's largest page (Zendesk docs, Incremental Exports). */
const EXPORT_PAGE = 1_000;

/** Creates the requests about organizations. */
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
        // `next_page` cannot be used: the last page has it too, and clients looped on it.
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
      const call = { operation: 'list organizations', path: 'organizations', pages: 'cursor' } as const;
      const { items, isWhole } = await session.firstPages(organizations, call, pages);
      return { organizations: items, isWhole };
    },
    async countOrganizations() {
      const response = await session.get(counted, { operation: 'count organizations', path: 'organizations/count' });
      return response.count.value;
    },
  };
}

function organizationWrites(session: ZendeskSession): OrganizationWrites {
  return {
    createOrganizations(items) {
      assertBatch(items.length);
      const json = { organizations: items.map(newOrganizationToWire) };
      const call = { operation: 'create organizations', path: 'organizations/create_many', buckets: ['jobs'] };
      return session.send(jobResponse, { ...call, method: 'POST', json });
    },
    updateOrganizations(items) {
      assertBatch(items.length);
      const json = { organizations: items.map(changeToWire) };
      const call = { operation: 'update organizations', path: 'organizations/update_many', buckets: ['jobs'] };
      return session.send(jobResponse, { ...call, method: 'PUT', json });
    },
    async addOrganizationTags(id, tags) {
      const path = `organizations/${encodeURIComponent(id)}/tags`;
      const call = { operation: 'add tags to an organization', path, buckets: [`organization:${id}`] };
      const schema = z.looseObject({ tags: z.array(z.string()).nullish() });
      const { body, at } = await session.sendDated(schema, { ...call, method: 'PUT', json: { tags } });
      return { at, tags: body.tags ?? [] };
    },
  };
}
