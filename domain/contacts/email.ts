const LONGEST = 254;

/** The form in which Zendesk compares addresses: trimmed, without regard to case (Zendesk docs, User Identities). */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * Whether an address can be sent to Zendesk: one `@`, no blanks, and a domain with a dot whose parts are not empty. The ERP
 * field is free text, so it holds phone numbers, two addresses at once and remarks as well.
 */
export function isEmail(email: string): boolean {
  const address = email.trim();
  return (
    address.length <= LONGEST && /^[^\s@,;:<>()[\]"\\]+@[^\s@.,;:<>()[\]"\\]+(\.[^\s@.,;:<>()[\]"\\]+)+$/.test(address)
  );
}
