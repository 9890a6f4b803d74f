const MAX_LENGTH = 254;

/**
 * Returns an address without surrounding blanks and without invisible characters, such as the zero-width space and the
 * byte order mark. They get into addresses when these are pasted, are part of no real address, and Zendesk refuses them.
 */
export function cleanEmail(email: string): string {
  return email.replace(/\p{Cf}+/gu, '').trim();
}

/**
 * Returns why Zendesk refused an address, without the address and other addresses, so that it can be shown and stored.
 */
export function refusalWithoutAddress(reason: string, email: string): string {
  const hidden = reason.replaceAll(cleanEmail(email), 'the address').replace(/\S+@\S+/g, 'the address');
  return hidden.replace(/\s+/g, ' ').trim();
}

/** Returns the form in which Zendesk compares addresses: clean, in lower case (Zendesk docs, User Identities). */
export function emailKey(email: string): string {
  return cleanEmail(email).toLowerCase();
}

/**
 * Returns whether an address can be sent to Zendesk: it has one `@`, no blanks, and a domain with a dot and without
 * empty parts. The ERP field is free text, which may also contain phone numbers, several addresses or comments. The
 * replacement character in an address means that a part of it is lost.
 */
export function isEmail(email: string): boolean {
  const address = cleanEmail(email);
  const pattern = /^[^\s@,;:<>()[\]"\\]+@[^\s@.,;:<>()[\]"\\]+(\.[^\s@.,;:<>()[\]"\\]+)+$/;
  return address.length <= MAX_LENGTH && !address.includes('\uFFFD') && pattern.test(address);
}
