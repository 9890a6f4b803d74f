/** The reasons for which a record is not written. The runbook in docs/ has an entry for each. */
export type RejectionCode =
  | 'external_id_contested'
  | 'external_id_unsupported'
  | 'name_ambiguous'
  | 'waiting_for_entity'
  | 'zendesk_refused'
  | 'account_not_synced'
  | 'email_shared'
  | 'email_taken'
  | 'user_deleted';

/** What a person should know of a record that is not rejected. The runbook has an entry for each as well. */
export type RemarkCode =
  | 'contact_inactive'
  | 'no_account'
  | 'same_person'
  | 'email_missing'
  | 'email_malformed'
  | 'email_shared'
  | 'user_is_staff'
  | 'user_suspended'
  | 'single_organization';

/** What is said of a record: a code, what happened, and what a person should do about it. */
export interface Remark<Code extends string = RejectionCode | RemarkCode> {
  readonly code: Code;
  readonly message: string;
  readonly action: string;
}

/** A rejection as it is stored and listed. */
export type Rejection = Remark<RejectionCode>;

/** Another record already has this external id, or ranks before this one for it. `holder` is its key as text. */
export function externalIdContested(externalId: string, holder: string): Rejection {
  return {
    code: 'external_id_contested',
    message: `The external id "${externalId}" belongs to ${holder}; Zendesk compares external ids without regard to case.`,
    action:
      'Give the connection an external id template that tells the two apart, such as "{legalEntity}:{kind}:{accountNumber}", and apply it again.',
  };
}

/** The rendered external id cannot be looked up in Zendesk. `because` completes "the external id …". */
export function externalIdUnsupported(externalId: string, because: string): Rejection {
  return {
    code: 'external_id_unsupported',
    message: `The external id "${externalId}" ${because}, so Zendesk could not be asked for it again.`,
    action: 'Renumber the record in F&O, or leave it out: it is not synchronised.',
  };
}

/** Organizations typed by hand, or accounts not yet linked, share the name, so that adopting one would be a guess. */
export function nameAmbiguous(name: string, counts: { organizations: number; accounts: number }): Rejection {
  return {
    code: 'name_ambiguous',
    message: `${counts.organizations} organization(s) without external id and ${counts.accounts} account(s) without organization are called "${name}".`,
    action:
      'In Zendesk, set the external id of the organization that belongs to this account, or rename the organizations that do not; then retry.',
  };
}

/** An organization of this name could be adopted, but a legal entity that may hold another candidate is not read yet. */
export function waitingForEntity(name: string, entities: readonly string[]): Rejection {
  return {
    code: 'waiting_for_entity',
    message: `An organization called "${name}" may belong to this account, but ${entities.join(', ')} could not be read and may hold another account of that name.`,
    action: 'Mend what keeps the legal entity from being read (see the run); the account is tried again on every run.',
  };
}

/** Zendesk did not accept the record. `reason` is Zendesk's own text. */
export function zendeskRefused(reason: string): Rejection {
  return {
    code: 'zendesk_refused',
    message: `Zendesk refused the record: ${reason}`,
    action: 'Mend in F&O or Zendesk what the sentence names, then retry.',
  };
}
