import { z } from 'zod';
import type { OrganizationForm, SeenOrganization } from '../../domain/accounts/organization.ts';
import { readFieldValues, textOrNull } from './field-values.ts';
import { idToWire, wireId } from './ids.ts';
import { isolatedList } from './isolated-list.ts';
import { moment } from './moment.ts';

/** The schema of an organization. Only the export contains deleted ones, with `deleted_at`. */
export const organizationWire: z.ZodType<SeenOrganization> = z
  .looseObject({
    id: wireId,
    external_id: z.union([z.string(), z.number()]).nullish(),
    name: z.string().nullish(),
    organization_fields: z.record(z.string(), z.unknown()).nullish(),
    tags: z.array(z.string()).nullish(),
    updated_at: moment,
    deleted_at: z.string().nullish(),
  })
  .refine((wire) => typeof wire.name === 'string' || isText(wire.deleted_at), { path: ['name'], message: 'missing' })
  .transform((wire): SeenOrganization => ({
    id: wire.id,
    externalId: textOrNull(wire.external_id),
    name: wire.name ?? '',
    fields: readFieldValues(wire.organization_fields),
    tags: wire.tags ?? [],
    updatedAt: wire.updated_at,
    deleted: isText(wire.deleted_at),
  }));

const partOfOrganization = z.looseObject({
  id: wireId,
  external_id: z.union([z.string(), z.number()]).nullish().catch(null),
  deleted_at: z.unknown().optional(),
});

/**
 * The schema of organizations in lists and exports. Of one with an unexpected form, only the id and the external id are
 * read.
 */
export const organizationsWire = isolatedList(organizationWire, (wire, defect) => {
  const { data } = partOfOrganization.safeParse(wire);
  if (data === undefined) return undefined;
  const { id, external_id: externalId, deleted_at: deletedAt } = data;
  const unknown = { name: '', fields: {}, tags: [], updatedAt: new Date(0).toISOString() };
  return { ...unknown, id, externalId: textOrNull(externalId), deleted: isText(deletedAt), defect };
});

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** An organization to create. Only a create may set the whole list of tags. */
export interface NewOrganization {
  readonly form: OrganizationForm;
  readonly tags: readonly string[];
}

/** A change of one organization. Absent members stay unchanged. */
export interface OrganizationChange {
  readonly id: string;
  readonly form: Partial<OrganizationForm>;
}

/** Returns an item of `create_many`. */
export function newOrganizationToWire({ form, tags }: NewOrganization): object {
  return { ...formToWire(form), ...(tags.length > 0 && { tags }) };
}

/** Returns an item of `update_many`. It never contains tags, because they would replace those that people have set. */
export function changeToWire({ id, form }: OrganizationChange): object {
  return { id: idToWire(id), ...formToWire(form) };
}

function formToWire({ externalId, name, fields }: Partial<OrganizationForm>): object {
  return {
    ...(name === undefined ? {} : { name }),
    ...(externalId === undefined ? {} : { external_id: externalId }),
    ...(fields === undefined ? {} : { organization_fields: fields }),
  };
}
