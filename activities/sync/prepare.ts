import { prepareFields } from '../../clients/zendesk/prepare-fields.ts';
import { accountKindsOf, kindsOf } from '../../domain/connection/connection.ts';
import type { RunRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Creates what Zendesk lacks; costs no request once it is done. */
export async function prepareZendesk({ store, far }: StepContext, run: RunRef): ReturnType<Steps['prepareZendesk']> {
  const { prepared, settings } = await store.connections.require(run.connectionId);
  if (prepared) return { created: 0 };
  const created = await far(({ zendesk }) => prepareFields(zendesk, { users: settings.sync.contacts }));
  await store.connections.markPrepared(run.connectionId);
  return { created };
}

/** The legal entities of the connection: those it names, else all that F&O lists. */
export async function findLegalEntities(
  { store, far }: StepContext,
  run: RunRef,
): ReturnType<Steps['findLegalEntities']> {
  const { settings } = await store.connections.require(run.connectionId);
  const named = settings.dynamics.legalEntities;
  const entities = named.length > 0 ? [...named] : [...(await far(({ dynamics }) => dynamics.listLegalEntities()))];
  const neverRead = await store.staging.neverRead(run.connectionId, entities, accountKindsOf(settings));
  return { entities, kinds: [...kindsOf(settings)], neverRead };
}
