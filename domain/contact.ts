/** Names one contact within a connection. `legalEntity` is lower case; `contactId` is F&O's ContactPersonId as served. */
export interface ContactKey {
  readonly legalEntity: string;
  readonly contactId: string;
}

/**
 * An ERP contact as the sync sees it, read from `ContactPersons`. Texts are trimmed and on one line; an empty text means
 * that the ERP has none. `personParty` is the person's own party, the same in every company that knows the person;
 * `accountParty` is the party of the customer or vendor that the contact belongs to. `email` is as typed.
 */
export interface Contact extends ContactKey {
  readonly name: string;
  readonly personParty: string;
  readonly accountParty: string;
  readonly email: string;
  readonly phone: string;
  readonly jobTitle: string;
  readonly isInactive: boolean;
}
