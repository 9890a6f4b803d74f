/**
 * Why a write of a user or of a membership was refused, as far as the caller goes on differently.
 * `email`: the address belongs to another user. `external_id`: the external id does. `membership`: the user belongs to the
 * organization already. `single_organization`: the account allows one organization per user.
 */
export type UserRefusal = 'email' | 'external_id' | 'membership' | 'single_organization' | 'other';

const TAKEN = String.raw`already (?:been taken|(?:being )?used|in use)`;

/**
 * In this order: a repeated create is refused for both its external id and its email, and then the external id leads to
 * the user; its text also ends in "another user", which looks like a membership's.
 */
const PATTERNS: readonly (readonly [UserRefusal, RegExp])[] = [
  ['external_id', new RegExp(String.raw`\bexternal(?:[ _]?id)?\b[^;]*\b${TAKEN}`, 'i')],
  ['email', new RegExp(String.raw`\b(?:e-?mail|value|identity)(?: address)?:? (?:(?:is|has) )?${TAKEN}`, 'i')],
  ['single_organization', /\b(?:one|single|multiple) organizations?\b/i],
  [
    'membership',
    new RegExp(
      String.raw`\b(?:user|organization)(?:[ _]?id)?:? (?:has )?${TAKEN}|\balready (?:a member|belongs)|\bmembership (?:\w+ )?already`,
      'i',
    ),
  ],
];

/**
 * Reads why Zendesk refused a user or membership from its words: the `detail` of a RemoteError, or the `details` (or
 * `error`) of a job's item, whose spellings differ ("Email: a@b.example is …" with one blank or two).
 */
export function userRefusalOf(words: string | null): UserRefusal {
  // An address is no word of Zendesk's: it may itself hold "external" or "user".
  const text = (words ?? '').replace(/\S+@\S+/g, ' ').replace(/\s+/g, ' ');
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}
