import { entitiesOf, fieldsOf } from '../../../domain/entities.ts';
import type { TargetName } from '../../../domain/entity-spec.ts';
import { checkFields, fieldProblem } from '../../../domain/sync/field-check.ts';
import type { Store } from '../../../store/store.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';

/**
 * Creates the check of the custom fields of organizations and users. Fields that were never created are not a problem.
 */
export function fieldsCheck(systems: RemoteSystems, store: Pick<Store, 'fieldChecks'>): Check {
  const run = async (): Promise<CheckResult> => {
    const targets = new Set(entitiesOf(systems.connection).map(({ target }) => target));
    const results = await Promise.all([...targets].map((target) => checkTarget(systems, store, target)));
    const problems = results.flatMap((result) => result.problems);
    if (problems.length > 0) {
      const fix = problems.map(({ action }) => action).join(' ');
      return { status: 'warn', detail: problems.map(({ message }) => message).join(' '), fix };
    }
    const toCreate = results.flatMap((result) => result.toCreate);
    if (toCreate.length === 0) return ok('All organization and user fields exist.');
    return ok(`The first run will create ${toCreate.length} field(s) that do not exist yet: ${toCreate.join(', ')}.`);
  };
  return { name: 'zendesk.fields', system: 'zendesk', run, optional: true };
}

interface TargetResult {
  readonly toCreate: readonly string[];
  readonly problems: readonly { readonly message: string; readonly action: string }[];
}

async function checkTarget(
  { zendesk, connection }: RemoteSystems,
  store: Pick<Store, 'fieldChecks'>,
  target: TargetName,
): Promise<TargetResult> {
  const needed = fieldsOf(entitiesOf(connection), target);
  const { missing, suspended } = checkFields(needed, await zendesk.listFields(target));
  const before = await store.fieldChecks.get(connection.id, target);
  const refused = before?.suspended.filter(({ code }) => code === 'field_missing') ?? [];
  const wasThere = missing.filter(({ key }) => before?.present.includes(key));
  const isKnown = (key: string): boolean => [...wasThere, ...refused].some((field) => field.key === key);
  const typeOf = (key: string): string => needed.find((field) => field.key === key)?.type ?? 'text';
  const stillRefused = refused.filter(({ key }) => missing.some((field) => field.key === key));
  return {
    toCreate: missing.map(({ key }) => key).filter((key) => !isKnown(key)),
    problems: [
      ...[...suspended, ...stillRefused].map((field) => fieldProblem(target, field, typeOf(field.key))),
      ...wasThere.map(({ key }) => fieldDeleted(target, key)),
    ],
  };
}

function fieldDeleted(target: TargetName, key: string): TargetResult['problems'][number] {
  return {
    message: `The ${target} field "${key}" was deleted in Zendesk, so its values are lost there.`,
    action: `Run \`ledgerdesk sync ID --full\`. It creates "${key}" again and writes its values.`,
  };
}
