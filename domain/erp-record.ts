import type { Account } from './account.ts';
import type { Contact } from './contact.ts';

/** A record as it was read from F&O. */
export type ErpRecord = Account | Contact;
