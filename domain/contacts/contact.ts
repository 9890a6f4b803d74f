import type { RecordKey } from '../sync/record.ts';

/**
 * An ERP contact as the sync sees it, read from `ContactPersons`; its key is the ContactPersonId. Texts are trimmed and on
 * one line; an empty text means that the ERP has none. `personParty` is the person's own party, the same in every company
 * that knows the person; `accountParty` is the party of the customer or vendor that the contact belongs to. `email` is as
 * typed.
 */
export interface Contact extends RecordKey {
  readonly kind: 'contact';
  readonly name: string;
  readonly personParty: string;
  readonly accountParty: string;
  readonly email: string;
  readonly phone: string;
  readonly jobTitle: string;
  readonly isInactive: boolean;
}
