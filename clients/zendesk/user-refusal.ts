/**
 * The reason why Zendesk refused a write of a user or membership, if the caller handles it in a special way. `email`:
 * the address belongs to another user. `external_id`: the external id belongs to another user. `membership`: the user
 * already belongs to the organization. `single_organization`: the account allows one organization per user.
 * `email_refused`: Zendesk does not accept the address for another reason, such as its form.
 */
export type UserRefusal = 'email' | 'external_id' | 'membership' | 'single_organization' | 'email_refused' | 'other';

const TAKEN = String.raw`already (?:been taken|(?:being )?used|in use)`;

/**
 * The order matters. A repeated create is refused for its external id and its email, and the user is found by the
 * external id. Its message also ends in "another user", which looks like the message for a membership.
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
  ['email_refused', /\be-?mail\b|\b(?:value|identity):? [^;]*(?:format|invalid|not (?:valid|allowed|accepted))/i],
];

/**
 * Returns why Zendesk refused a user or membership. `message` is the `detail` of a RemoteError, or the `details` (or
 * `error`) of a job's item. Their spellings differ ("Email: a@b.example is …" with one blank or two).
 */
export function userRefusalOf(message: string | null): UserRefusal {
  // An email address in the message may contain "external" or "user".
  const text = (message ?? '').replace(/\S+@\S+/g, ' ').replace(/\s+/g, ' ');
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}
