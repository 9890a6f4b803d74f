import { ORGANIZATION_FIELDS } from '../../domain/accounts/organization.ts';
import { USER_FIELDS } from '../../domain/contacts/user.ts';
import type { FieldCalls, NewField } from './custom-fields.ts';

/** Creates the fields that are missing: those of organizations, and those of users where contacts are synchronised; answers how many. */
export async function prepareFields(zendesk: FieldCalls, wanted: { readonly users: boolean }): Promise<number> {
  const created = await prepareOrganizationFields(zendesk);
  return created + (wanted.users ? await prepareUserFields(zendesk) : 0);
}

/** Creates the organization fields that Ledgerdesk writes and Zendesk does not have yet; answers how many were missing. */
function prepareOrganizationFields(
  zendesk: Pick<FieldCalls, 'listOrganizationFields' | 'createOrganizationField'>,
): Promise<number> {
  return createMissing(ORGANIZATION_FIELDS, {
    list: () => zendesk.listOrganizationFields(),
    create: (field) => zendesk.createOrganizationField(field),
  });
}

/** Creates the user fields that Ledgerdesk writes and Zendesk does not have yet; answers how many were missing. */
function prepareUserFields(zendesk: Pick<FieldCalls, 'listUserFields' | 'createUserField'>): Promise<number> {
  return createMissing(USER_FIELDS, {
    list: () => zendesk.listUserFields(),
    create: (field) => zendesk.createUserField(field),
  });
}

async function createMissing(
  wanted: readonly NewField[],
  fields: {
    readonly list: () => Promise<readonly { readonly key: string }[]>;
    readonly create: (field: NewField) => Promise<unknown>;
  },
): Promise<number> {
  const existing = new Set((await fields.list()).map(({ key }) => key));
  const missing = wanted.filter(({ key }) => !existing.has(key));
  for (const { key, title } of missing) await fields.create({ key, title });
  return missing.length;
}
