import type { AnnotationTarget } from '../../../domain/connection/connection.ts';
import { kindsOf } from '../../../domain/connection/connection.ts';
import type { RecordKind } from '../../../domain/sync/record.ts';
import type { FarSystems } from '../../dependencies.ts';
import { ok, type Finding, type Look } from './check.ts';
import { clockLook } from './clock-check.ts';
import type { SeenAnswers } from './seen-answers.ts';

/** What is looked at in Entra and F&O, in an order in which each leans on the one before. Nothing is written. */
export function dynamicsLooks({ dynamics, connection: { settings } }: FarSystems, seen: SeenAnswers): readonly Look[] {
  const named = settings.dynamics.legalEntities;
  const [entity] = named;
  const kinds = kindsOf(settings);
  return [
    {
      name: 'dynamics.user',
      system: 'dynamics',
      look: async () => ok(`F&O lets the app in, and shows ${(await dynamics.listLegalEntities()).length} companies.`),
    },
    {
      name: 'dynamics.legalEntities',
      system: 'dynamics',
      look: async () => judgeEntities(await dynamics.listLegalEntities(), named),
    },
    ...(entity === undefined ? [] : kinds.map((kind) => readable(dynamics, { legalEntity: entity, kind }))),
    ...kinds.flatMap((kind) => annotatable(dynamics, kind, settings.annotation)),
    clockLook('dynamics', seen),
  ];
}

function judgeEntities(seen: readonly string[], named: readonly string[]): Finding {
  const missing = named.filter((entity) => !seen.includes(entity));
  if (missing.length > 0) {
    const fix = 'Correct dynamics.legalEntities in the connection file, or let the F&O user see these companies.';
    return { status: 'fail', detail: `F&O does not show the legal entities ${missing.join(', ')}.`, fix };
  }
  return ok(`${named.length === 0 ? 'All legal entities' : named.join(', ')} will be read.`);
}

function readable(dynamics: FarSystems['dynamics'], set: { legalEntity: string; kind: RecordKind }): Look {
  const look = async (): Promise<Finding> => {
    if (await dynamics.canRead(set)) return ok(`The ${set.kind}s of ${set.legalEntity} can be read.`);
    const fix = `Give the security role of the F&O user the privilege to read ${set.kind}s (see docs/setup.md), and ping again.`;
    return { status: 'fail', detail: `The F&O user may not read the ${set.kind}s of ${set.legalEntity}.`, fix };
  };
  return { name: `dynamics.${set.kind}s`, system: 'dynamics', look };
}

function annotatable(
  dynamics: FarSystems['dynamics'],
  kind: RecordKind,
  annotation: { customers: AnnotationTarget; vendors: AnnotationTarget },
): readonly Look[] {
  if (kind === 'contact') return [];
  const target = kind === 'customer' ? annotation.customers : annotation.vendors;
  const fields = target.fields === undefined ? [target.field] : Object.values(target.fields);
  return fields.map((field): Look => {
    const place = `${target.entitySet}.${field}`;
    const look = async (): Promise<Finding> => {
      const info = await dynamics.fieldInfo(target.entitySet, field);
      if (info?.isEditable === true) return ok(`${place} is there and can be written.`);
      const detail = info?.exists === true ? `${place} cannot be written.` : `${place} is not there.`;
      return {
        status: 'warn',
        detail,
        fix: `Name another entity set or field in annotation.${kind}s, and apply the file again.`,
      };
    };
    return { name: `dynamics.annotation.${kind}s`, system: 'dynamics', look, optional: true };
  });
}
