import { z } from 'zod';
import { readResponse } from '../read-response.ts';
import type { DynamicsCaller } from './caller.ts';
import { metadataUrl } from './query.ts';

/** The metadata of a field of an entity set. F&O reports neither its length nor the privileges of the user. */
interface FieldInfo {
  readonly exists: boolean;
  readonly isEditable: boolean;
}

/** The requests that read the metadata of an entity set, which are small. `$metadata` has 54 MB. */
export interface FieldLookUp {
  /** Returns null when the environment has no such entity set. */
  fieldInfo(entitySet: string, field: string): Promise<FieldInfo | null>;
  /** Returns the names of all columns of an entity set; null when the environment has no such entity set. */
  listColumns(entitySet: string): Promise<ReadonlySet<string> | null>;
}

const publicEntities = z.object({
  value: z.array(
    z.object({
      EntitySetName: z.string(),
      IsReadOnly: z.boolean().nullish(),
      Properties: z.array(z.object({ Name: z.string(), AllowEdit: z.boolean().nullish() })),
    }),
  ),
});

/** Creates the requests that read the metadata of fields in the environment at `origin`. */
export function fieldLookUp(origin: string, call: DynamicsCaller): FieldLookUp {
  const find = async (entitySet: string) => {
    const operation = 'read PublicEntities';
    const url = metadataUrl(origin, 'PublicEntities', { member: 'EntitySetName', value: entitySet });
    const response = await call({ operation, method: 'GET', url });
    const { value } = readResponse(publicEntities, response, { system: 'dynamics', operation });
    return value.find((one) => one.EntitySetName === entitySet);
  };
  return {
    async fieldInfo(entitySet, field) {
      const entity = await find(entitySet);
      if (entity === undefined) return null;
      const property = entity.Properties.find(({ Name }) => Name === field);
      const isEditable = property?.AllowEdit !== false && entity.IsReadOnly !== true;
      return { exists: property !== undefined, isEditable: property !== undefined && isEditable };
    },
    async listColumns(entitySet) {
      const entity = await find(entitySet);
      return entity === undefined ? null : new Set(entity.Properties.map(({ Name }) => Name));
    },
  };
}
