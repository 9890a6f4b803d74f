import type { EntitySpec } from '../../domain/entity-spec.ts';
import { neededColumns } from '../../domain/sync/columns.ts';
import { RemoteError } from '../errors.ts';
import type { FieldLookUp } from './field-info.ts';
import { missingColumnIn } from './missing-column.ts';

/** The request that finds the columns which an environment lacks. */
export interface MissingColumnLookUp {
  /**
   * Returns all columns of an entity that the environment lacks, if `refusal` is the error of F&O for a query with such
   * a column that `entity.lacks` does not list; otherwise undefined. If the metadata cannot be read, only the column that
   * the refusal names is added.
   */
  findMissingColumns(entity: EntitySpec, refusal: unknown): Promise<readonly string[] | undefined>;
}

/** Creates the request that finds missing columns. */
export function missingColumnLookUp({ listColumns }: Pick<FieldLookUp, 'listColumns'>): MissingColumnLookUp {
  return {
    async findMissingColumns(entity, refusal) {
      if (!isQueryRefused(refusal)) return undefined;
      const { entitySet, lacks = [] } = entity;
      const offered = await listColumns(entitySet).catch(nullIfHidden);
      const named = missingColumnIn(refusal.detail)?.column;
      const missing = neededColumns(entity).filter((column) => column === named || offered?.has(column) === false);
      const all = [...new Set([...lacks, ...missing])];
      return all.length > lacks.length ? all : undefined;
    },
  };
}

function isQueryRefused(error: unknown): error is RemoteError {
  return (
    error instanceof RemoteError && error.system === 'dynamics' && error.kind === 'refused' && error.status === 400
  );
}

const HIDDEN: ReadonlySet<string> = new Set(['forbidden', 'missing', 'refused', 'unexpected']);

/** Returns null when F&O does not show the metadata, for example because the user may not read it. */
function nullIfHidden(error: unknown): null {
  if (error instanceof RemoteError && HIDDEN.has(error.kind)) return null;
  throw error;
}
