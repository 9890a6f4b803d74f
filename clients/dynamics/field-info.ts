import { z } from 'zod';
import { readResponse } from '../read-response.ts';
import type { DynamicsCaller } from './caller.ts';
import { metadataUrl } from './query.ts';

/** The metadata of a field of an entity set. F&O reports neither its length nor the privileges of the user. */
interface FieldInfo {
  readonly exists: boolean;
  readonly isEditable: boolean;
}

/** The request that reads the metadata of a field. */
export interface FieldLookUp {
  /** Returns null when the environment has no such entity set. It does not read `$metadata`, which has 54 MB. */
  fieldInfo(entitySet: string, field: string): Promise<FieldInfo | null>;
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

/** Creates the request that reads the metadata of a field in the environment at `origin`. */
export function fieldLookUp(origin: string, call: DynamicsCaller): FieldLookUp {
  return {
    async fieldInfo(entitySet, field) {
      const operation = 'read PublicEntities';
      const url = metadataUrl(origin, 'PublicEntities', { member: 'EntitySetName', value: entitySet });
      const response = await call({ operation, method: 'GET', url });
      const { value } = readResponse(publicEntities, response, { system: 'dynamics', operation });
      const entity = value.find((one) => one.EntitySetName === entitySet);
      if (entity === undefined) return null;
      const property = entity.Properties.find(({ Name }) => Name === field);
      const isEditable = property?.AllowEdit !== false && entity.IsReadOnly !== true;
      return { exists: property !== undefined, isEditable: property !== undefined && isEditable };
    },
  };
}
