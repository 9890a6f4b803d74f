import type { Account } from '../accounts/account.ts';
import type { Contact } from '../contacts/contact.ts';

/** A record as it was read from F&O. */
export type ErpRecord = Account | Contact;
