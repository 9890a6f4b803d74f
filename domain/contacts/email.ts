const MAX_LENGTH = 254;

/** Returns the form in which Zendesk compares addresses: trimmed, in lower case (Zendesk docs, User Identities). */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * Returns whether an address can be sent to Zendesk: one `@`, no blanks, and a domain with a dot whose parts are not empty. The
 * ERP field is free text: it also holds phone numbers, two addresses at once, and comments.
 */
export function isEmail(email: string): boolean {
  const address = email.trim();
  const pattern = /^[^\s@,;:<>()[\]"\\]+@[^\s@.,;:<>()[\]"\\]+(\.[^\s@.,;:<>()[\]"\\]+)+$/;
  return address.length <= MAX_LENGTH && pattern.test(address);
}
