const MAX_LENGTH = 254;

/** Returns the form in which Zendesk compares addresses: trimmed, in lower case (Zendesk docs, User Identities). */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * Returns whether an address can be sent to Zendesk: it has one `@`, no blanks, and a domain with a dot and without
 * empty parts. The ERP field is free text, which may also contain phone numbers, several addresses or comments. The
 * replacement character in an address means that a part of it is lost.
 */
export function isEmail(email: string): boolean {
  const address = email.trim();
  const pattern = /^[^\s@,;:<>()[\]"\\]+@[^\s@.,;:<>()[\]"\\]+(\.[^\s@.,;:<>()[\]"\\]+)+$/;
  return address.length <= MAX_LENGTH && !address.includes('\uFFFD') && pattern.test(address);
}
