import type { Sandbox } from './processes.ts';

/** The email addresses of one user, as Zendesk's API tells them. */
export interface Addresses {
  readonly primary: string;
  readonly secondary: readonly string[];
}

interface Identity {
  readonly type: string;
  readonly value: string;
  readonly primary: boolean;
}

/** Reads the addresses of a user from the sandbox's Zendesk. */
export async function addressesOf(sandbox: Sandbox, userId: string): Promise<Addresses> {
  const headers = { authorization: `Bearer ${sandbox.zendeskToken}` };
  const answer = await fetch(`${sandbox.zendesk}/api/v2/users/${userId}/identities`, { headers });
  if (!answer.ok) throw new Error(`Zendesk answered ${answer.status} to the identities of user ${userId}.`);
  const { identities } = (await answer.json()) as { identities: Identity[] };
  const emails = identities.filter(({ type }) => type === 'email');
  const primary = emails.find((identity) => identity.primary)?.value ?? 'none';
  return { primary, secondary: emails.filter((identity) => !identity.primary).map(({ value }) => value) };
}

/** How many mails Zendesk has sent to people. */
export async function mailsSent(sandbox: Sandbox): Promise<number> {
  const answer = await fetch(`${sandbox.control}/counts`);
  return ((await answer.json()) as { mailsSent: number }).mailsSent;
}
