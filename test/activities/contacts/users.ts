import type { StepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

/** The stored state of the user of a connection's only contact. */
export interface StoredUser {
  readonly id: string;
  readonly organizations: readonly string[];
  readonly own: readonly string[];
  readonly refused: readonly string[];
}

/**
 * Begins a run of a connection in which the customers A1 and A2 have organizations and the contact K1 of A1 has a user.
 * Returns the run and the Zendesk ids.
 */
export async function runWithUser(
  at: StepTests,
): Promise<{ run: TestRun; user: string; organizations: readonly [string, string] }> {
  const before = await at.begin();
  await at.write(before, before.customer('A1'), before.customer('A2'));
  await at.write(before, before.contact('K1'));
  const { items } = await at.store.records.list(before.connectionId, {});
  const idOf = (key: string): string => items.find((record) => record.key === key)?.zendeskId ?? '';
  return { run: await at.next(before), user: idOf('K1'), organizations: [idOf('A1'), idOf('A2')] };
}

/** Changes the party of the account A2 to that of A1, so that the contacts of A1 get a second organization. */
export async function addOrganization(at: StepTests, { connectionId }: TestRun): Promise<void> {
  await at.query(`update records set party = 'P-A1' where connection_id = $1 and key = 'A2'`, connectionId);
}

/** Returns the stored state of the user of the contact K1. */
export async function storedUser(at: StepTests, { connectionId }: TestRun): Promise<StoredUser> {
  const [user] = await at.query<StoredUser>(
    `select zendesk_id as id, organization_ids as organizations, own_organization_ids as own,
     refused_organization_ids as refused from users where connection_id = $1`,
    connectionId,
  );
  if (user === undefined) throw new Error('No user is stored.');
  return user;
}

/** Returns the ids of a user's organizations in Zendesk. */
export async function membershipsOf(at: StepTests, user: string): Promise<readonly string[]> {
  const all = await at.listZendesk<{ user_id: number; organization_id: number }>('memberships');
  return all.filter(({ user_id: id }) => String(id) === user).map(({ organization_id: id }) => String(id));
}

/** Returns the addresses of a user in Zendesk, the primary one first. */
export async function addressesOf(at: StepTests, user: string): Promise<readonly string[]> {
  const all = await at.listZendesk<{ user_id: number; value: string; primary: boolean }>('identities');
  const own = all.filter(({ user_id: id }) => String(id) === user);
  return own.sort((a, b) => Number(b.primary) - Number(a.primary)).map(({ value }) => value);
}
