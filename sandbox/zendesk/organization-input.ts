import type { WireObject } from './wire-input.ts';
import { idOrNull, isWireObject, tagsOf, textOrNull, texts } from './wire-input.ts';

/** The changes in a request. Absent members do not change. */
export interface OrganizationChanges {
  readonly name?: string;
  readonly externalId?: string | null;
  readonly domainNames?: readonly string[];
  readonly details?: string | null;
  readonly notes?: string | null;
  readonly groupId?: number | null;
  readonly sharedTickets?: boolean;
  readonly sharedComments?: boolean;
  readonly tags?: readonly string[];
  readonly fieldChanges?: WireObject;
}

/** The attributes that a client may write. All others are dropped. */
const READERS = new Map<string, (value: unknown) => OrganizationChanges>([
  ['name', (value) => ({ name: (textOrNull(value) ?? '').trim() })],
  ['external_id', (value) => ({ externalId: textOrNull(value) })],
  ['domain_names', (value) => ({ domainNames: [...new Set(texts(value).map((domain) => domain.toLowerCase()))] })],
  ['details', (value) => ({ details: textOrNull(value) })],
  ['notes', (value) => ({ notes: textOrNull(value) })],
  ['group_id', (value) => ({ groupId: idOrNull(value) })],
  ['shared_tickets', (value) => ({ sharedTickets: value === true })],
  ['shared_comments', (value) => ({ sharedComments: value === true })],
  ['tags', (value) => ({ tags: tagsOf(value) })],
  ['organization_fields', (value) => (isWireObject(value) ? { fieldChanges: value } : {})],
]);

/** Returns the changes in a request's `organization` object, and the names of dropped properties. */
export function readOrganization(input: WireObject): { changes: OrganizationChanges; dropped: string[] } {
  let changes: OrganizationChanges = {};
  for (const [name, value] of Object.entries(input)) changes = { ...changes, ...READERS.get(name)?.(value) };
  return { changes, dropped: Object.keys(input).filter((name) => !READERS.has(name)) };
}
