import { z } from 'zod';
import type { OrganizationForm, SeenOrganization } from '../../domain/accounts/organization.ts';
import { readFieldValues, textOrNull } from './field-values.ts';
import { idToWire, wireId } from './ids.ts';
import { moment } from './moment.ts';

/** The schema of an organization in lists and exports. Only the export contains deleted ones, with `deleted_at`. */
export const organizationWire = z
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
