import { z } from 'zod';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { ZendeskSession } from './session.ts';

/** The definition of a custom field of organizations or users. */
export interface CustomField {
  readonly key: string;
  readonly type: string;
  readonly isActive: boolean;
}

/** A field to create. */
export interface NewField {
  readonly key: string;
  readonly title: string;
  readonly type: string;
}

/** The requests about the definitions of custom fields. */
export interface FieldCalls {
  listFields(owner: TargetName): Promise<readonly CustomField[]>;
  /**
   * Rejects as `refused` if the key is in use, even by a field that was deleted (Zendesk docs, Organization Fields).
   */
  createField(owner: TargetName, field: NewField): Promise<CustomField>;
}

/** The schema of a custom field's definition. */
export const fieldWire = z
  .looseObject({ key: z.string(), type: z.string(), active: z.boolean().optional() })
  .transform(({ key, type, active }): CustomField => ({ key, type, isActive: active !== false }));

const RESPONSES = {
  organization: {
    one: z.looseObject({ organization_field: fieldWire }).transform((wire) => wire.organization_field),
    all: z.looseObject({ organization_fields: z.array(fieldWire) }).transform((wire) => wire.organization_fields),
  },
  user: {
    one: z.looseObject({ user_field: fieldWire }).transform((wire) => wire.user_field),
    all: z.looseObject({ user_fields: z.array(fieldWire) }).transform((wire) => wire.user_fields),
  },
};

/** Creates the requests about custom fields, which are the same for organizations and users. */
export function fieldCalls(session: ZendeskSession): FieldCalls {
  return {
    listFields(owner) {
      const call = { operation: `list ${owner} fields`, path: `${owner}_fields` };
      return session.list(RESPONSES[owner].all, { ...call, pages: 'cursor' });
    },
    createField(owner, { key, title, type }) {
      const call = { operation: `create the ${owner} field ${key}`, path: `${owner}_fields` };
      const json = { [`${owner}_field`]: { key, title, type, active: true } };
      return session.send(RESPONSES[owner].one, { ...call, method: 'POST', json });
    },
  };
}
