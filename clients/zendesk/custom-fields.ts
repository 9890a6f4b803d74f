import { z } from 'zod';
import type { ZendeskSession } from './session.ts';

/** The definition of a custom field of organizations or users. */
interface CustomField {
  readonly key: string;
  readonly type: string;
  readonly active: boolean;
}

/** What a new field is called; it becomes a text field. */
export interface NewField {
  readonly key: string;
  readonly title: string;
}

/** The calls about the definitions of custom fields. */
export interface FieldCalls {
  listOrganizationFields(): Promise<readonly CustomField[]>;
  /** Creates a text field. */
  createOrganizationField(field: NewField): Promise<CustomField>;
  listUserFields(): Promise<readonly CustomField[]>;
  /** Creates a text field. */
  createUserField(field: NewField): Promise<CustomField>;
}

const field = z
  .looseObject({ key: z.string(), type: z.string(), active: z.boolean().optional() })
  .transform(({ key, type, active }): CustomField => ({ key, type, active: active !== false }));

const ANSWERS = {
  organization: {
    one: z.looseObject({ organization_field: field }).transform((wire) => wire.organization_field),
    all: z.looseObject({ organization_fields: z.array(field) }).transform((wire) => wire.organization_fields),
  },
  user: {
    one: z.looseObject({ user_field: field }).transform((wire) => wire.user_field),
    all: z.looseObject({ user_fields: z.array(field) }).transform((wire) => wire.user_fields),
  },
};

/** Makes the calls about custom fields, which behave alike for organizations and users. */
export function fieldCalls(session: ZendeskSession): FieldCalls {
  const list = (owner: keyof typeof ANSWERS): Promise<readonly CustomField[]> => {
    const call = { operation: `list ${owner} fields`, path: `${owner}_fields` };
    return session.list(ANSWERS[owner].all, { ...call, pages: 'cursor' });
  };
  const create = (owner: keyof typeof ANSWERS, { key, title }: NewField): Promise<CustomField> => {
    const article = owner === 'organization' ? 'an' : 'a';
    const call = { operation: `create ${article} ${owner} field`, path: `${owner}_fields` };
    const json = { [`${owner}_field`]: { key, title, type: 'text', active: true } };
    return session.send(ANSWERS[owner].one, { ...call, method: 'POST', json });
  };
  return {
    listOrganizationFields: () => list('organization'),
    createOrganizationField: (wanted) => create('organization', wanted),
    listUserFields: () => list('user'),
    createUserField: (wanted) => create('user', wanted),
  };
}
