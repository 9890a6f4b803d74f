import type { AnnotationTarget } from '../../../domain/support/annotation-target.ts';
import { entitiesOf } from '../../../domain/entities.ts';
import type { EntitySpec } from '../../../domain/entity-spec.ts';
import { columnsNote, unreadableReason } from '../../../domain/sync/columns.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';
import { clockCheck } from './clock-check.ts';
import type { SeenAnswers } from './seen-answers.ts';

/** Returns the checks of Entra and F&O. Each follows those on which it depends. They write nothing. */
export function dynamicsChecks({ dynamics, connection }: RemoteSystems, seen: SeenAnswers): readonly Check[] {
  const named = connection.settings.dynamics.legalEntities;
  const [legalEntity] = named;
  const entities = entitiesOf(connection);
  return [
    {
      name: 'dynamics.user',
      system: 'dynamics',
      run: async () => ok(`F&O accepts the app and shows ${(await dynamics.listLegalEntities()).length} companies.`),
    },
    {
      name: 'dynamics.legalEntities',
      system: 'dynamics',
      run: async () => legalEntitiesResult(await dynamics.listLegalEntities(), named),
    },
    ...entities.map((entity) => readable(dynamics, { entity, legalEntity })),
    ...entities.flatMap(({ kind, annotation }) =>
      annotation === undefined ? [] : annotatable(dynamics, kind, annotation),
    ),
    clockCheck('dynamics', seen),
  ];
}

function legalEntitiesResult(seen: readonly string[], named: readonly string[]): CheckResult {
  const missing = named.filter((entity) => !seen.includes(entity));
  if (missing.length > 0) {
    const fix =
      'Correct dynamics.legalEntities in the connection file, or give the F&O user access to these companies.';
    return { status: 'fail', detail: `F&O does not show the legal entities ${missing.join(', ')}.`, fix };
  }
  return ok(`${named.length === 0 ? 'All legal entities' : named.join(', ')} will be read.`);
}

/** Sends the query of a sync for one row, so that a missing column is found before a run needs it. */
function readable(
  dynamics: RemoteSystems['dynamics'],
  { entity, legalEntity }: { entity: EntitySpec; legalEntity: string | undefined },
): Check {
  const kinds = `${entity.kind}s`;
  const which = legalEntity === undefined ? kinds : `${kinds} of ${legalEntity}`;
  const run = async (): Promise<CheckResult> => {
    const { canRead, spec } = await probe(dynamics, entity, legalEntity);
    const unreadable = unreadableReason(spec);
    if (unreadable !== undefined) return { status: 'fail', detail: unreadable, fix: COLUMN_FIX };
    if (!canRead) {
      const fix = `Give the security role of the F&O user the privilege to read ${kinds} (see docs/setup.md), then run the ping again.`;
      return { status: 'fail', detail: `The F&O user may not read the ${which}.`, fix };
    }
    const note = columnsNote(spec);
    if (note === undefined) return ok(`The ${which} can be read.`);
    return { status: 'warn', detail: note.message, fix: COLUMN_FIX };
  };
  return { name: `dynamics.${kinds}`, system: 'dynamics', run };
}

const COLUMN_FIX =
  'Update the F&O environment, or set dynamics.entitySets in the connection file to entity sets that have these columns.';

/** Returns whether the records can be read, and the entity with the columns that the environment lacks. */
async function probe(
  dynamics: RemoteSystems['dynamics'],
  entity: EntitySpec,
  legalEntity: string | undefined,
): Promise<{ canRead: boolean; spec: EntitySpec }> {
  for (let spec = entity; ;) {
    if (unreadableReason(spec) !== undefined) return { canRead: false, spec };
    try {
      return {
        canRead: await dynamics.canRead({ entity: spec, ...(legalEntity !== undefined && { legalEntity }) }),
        spec,
      };
    } catch (error) {
      const lacks = await dynamics.findMissingColumns(spec, error);
      if (lacks === undefined) throw error;
      spec = { ...spec, lacks };
    }
  }
}

/** A ping writes nothing, and F&O checks the privilege only when a record is written. */
const ROLE_UNKNOWN = 'Whether the role of the F&O user may update it shows with the first annotation.';

function annotatable(
  dynamics: RemoteSystems['dynamics'],
  kind: string,
  { entitySet, field: single, fields }: AnnotationTarget,
): readonly Check[] {
  return (fields === undefined ? [single] : Object.values(fields)).map((field): Check => {
    const place = `${entitySet}.${field}`;
    const run = async (): Promise<CheckResult> => {
      const info = await dynamics.fieldInfo(entitySet, field);
      if (info?.isEditable === true)
        return ok(`${place} exists and can be written, according to the metadata of F&O. ${ROLE_UNKNOWN}`);
      const detail = info?.exists === true ? `${place} cannot be written.` : `${place} does not exist.`;
      const fix = `Set another entity set or field in annotation.${kind}s of the connection file, and apply the file again.`;
      return { status: 'warn', detail, fix };
    };
    return { name: `dynamics.annotation.${kind}s`, system: 'dynamics', run, optional: true };
  });
}
