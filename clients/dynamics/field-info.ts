import { z } from 'zod';
import { readAnswer } from '../read-answer.ts';
import type { DynamicsCaller } from './caller.ts';
import { metadataUrl } from './query.ts';

/** What F&O tells of a field of an entity set. It tells no length, and nothing of what the user may do. */
interface FieldInfo {
  readonly exists: boolean;
  readonly isEditable: boolean;
}

/** The call about the fields of an entity set. */
export interface FieldLookUp {
  /** Asks the small metadata service, not `$metadata` with its 54 MB. Null when the environment has no such entity set. */
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

/** Makes the call. */
export function fieldLookUp(origin: string, call: DynamicsCaller): FieldLookUp {
  return {
    async fieldInfo(entitySet, field) {
      const operation = 'read PublicEntities';
      const url = metadataUrl(origin, 'PublicEntities', { member: 'EntitySetName', value: entitySet });
      const answer = await call({ operation, method: 'GET', url });
      const { value } = readAnswer(publicEntities, answer, { system: 'dynamics', operation });
      const entity = value.find((one) => one.EntitySetName === entitySet);
      if (entity === undefined) return null;
      const property = entity.Properties.find(({ Name }) => Name === field);
      const isEditable = property?.AllowEdit !== false && entity.IsReadOnly !== true;
      return { exists: property !== undefined, isEditable: property !== undefined && isEditable };
    },
  };
}
