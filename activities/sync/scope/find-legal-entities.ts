import { entitiesOf, kindsOf, targetLevelsOf } from '../../../domain/entities.ts';
import type { RunRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { connectionOfRun } from '../connection-of-run.ts';
import { noteOutOfScope } from './note-out-of-scope.ts';

/**
 * Returns the legal entities of the connection, by default all that F&O lists, and the kinds to read, by level. Notes on
 * the run which known records belong to none of them.
 */
export async function findLegalEntities(context: StepContext, run: RunRef): ReturnType<Steps['findLegalEntities']> {
  const { store, remote } = context;
  const { connectionId } = run;
  const connection = await connectionOfRun(store, run);
  const named = connection.settings.dynamics.legalEntities;
  const entities = named.length > 0 ? [...named] : [...(await remote(({ dynamics }) => dynamics.listLegalEntities()))];
  await noteOutOfScope(context, run, { connection, entities });
  const specs = entitiesOf(connection);
  const neverRead = await store.staging.neverRead(connectionId, entities, kindsOf(specs, 'organization'));
  return { entities, levels: targetLevelsOf(specs), neverRead };
}
