import { control, zendesk } from './control.ts';
import type { Sandbox } from './processes.ts';

/** The email addresses of one user in Zendesk. */
export interface Addresses {
  readonly primary: string;
  readonly secondary: readonly string[];
}

interface Identity {
  readonly type: string;
  readonly value: string;
  readonly primary: boolean;
}

/** Returns the email addresses of a user in the sandbox's Zendesk. */
export async function addressesOf(sandbox: Sandbox, userId: string): Promise<Addresses> {
  const { identities } = await zendesk<{ identities: Identity[] }>(sandbox, `users/${userId}/identities`);
  const emails = identities.filter(({ type }) => type === 'email');
  const primary = emails.find((identity) => identity.primary)?.value ?? 'none';
  return { primary, secondary: emails.filter((identity) => !identity.primary).map(({ value }) => value) };
}

/** Returns the number of emails that Zendesk has sent to users. */
export async function mailsSent(sandbox: Sandbox): Promise<number> {
  return (await control<{ mailsSent: number }>(sandbox, 'GET /counts')).mailsSent;
}
