import { entityOf } from '../../domain/entities.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { StepContext } from '../dependencies.ts';
import { annotationOf } from './annotate.ts';

const PAGE = 200;

/** Counts the accounts whose annotation would be written now. Makes no request. */
export async function countAnnotations({ store }: StepContext, connection: Connection): Promise<number> {
  let count = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Awaited<ReturnType<typeof store.support.page>> = await store.support.page(connection.id, {
      after,
      limit: PAGE,
    });
    count += page.filter(
      (account) =>
        entityOf(connection, account.account.kind).annotation !== undefined &&
        !annotationOf(account, connection).isCurrent,
    ).length;
    after = page.length < PAGE ? undefined : page.at(-1)?.organizationId;
  }
  return count;
}
