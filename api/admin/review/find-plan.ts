import { z } from 'zod';
import type { Plan } from '../../../store/review/plans.ts';
import type { Store } from '../../../store/store.ts';
import { ApiError } from '../../api-error.ts';

/** The id of a plan: that of the run that made it. */
export const planId = z.string().regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/);

/** Returns the plan with this id. Throws an ApiError with status 404 if there is none, or if it is not complete yet. */
export async function findPlan({ plans, runs }: Store, id: string): Promise<Plan> {
  const isId = planId.safeParse(id).success;
  const found = isId ? await plans.get(id) : undefined;
  if (found !== undefined) return found;
  const run = isId ? await runs.get(id) : undefined;
  if (run?.scope === 'preview' && run.status === 'running')
    throw new ApiError(
      404,
      'plan_not_ready',
      `The plan ${id} is still being made. To see how far it is, run: ledgerdesk run ${id}`,
    );
  const message = `There is no plan "${id.slice(0, 60)}". To list the plans of a connection, run: ledgerdesk plans ID`;
  throw new ApiError(404, 'plan_missing', message);
}
