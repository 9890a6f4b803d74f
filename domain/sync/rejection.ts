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

/** The remarks on a record that is not rejected. The runbook has an entry for each as well. */
export type RemarkCode =
  | 'contact_inactive'
  | 'no_account'
  | 'same_person'
  | 'email_missing'
  | 'email_malformed'
  | 'email_shared'
  | 'user_is_staff'
  | 'user_suspended'
  | 'single_organization'
  | 'field_ignored';

/** A note on a record: a code, what happened, and what a person should do about it. */
export interface Remark<Code extends string = RejectionCode | RemarkCode> {
  readonly code: Code;
  readonly message: string;
  readonly action: string;
}

/** A rejection as it is stored and listed. */
export type Rejection = Remark<RejectionCode>;

/** Rejects a record whose external id another record has or ranks before it for. `holder` is that record's key as text. */
export function externalIdContested(externalId: string, holder: string): Rejection {
  return {
    code: 'external_id_contested',
    message: `The external id "${externalId}" belongs to ${holder}. Zendesk ignores case in external ids.`,
    action:
      'Set sync.externalId to a template that tells the two apart, such as "{legalEntity}:{kind}:{accountNumber}", and apply the connection again.',
  };
}

/** Rejects a record whose external id cannot be looked up in Zendesk. `because` completes "the external id …". */
export function externalIdUnsupported(externalId: string, because: string): Rejection {
  return {
    code: 'external_id_unsupported',
    message: `The external id "${externalId}" ${because}, so Zendesk could not find the record by it again.`,
    action: 'Renumber the record in F&O. Until then it is not synchronized.',
  };
}

/** Rejects an account whose name several hand-typed organizations or unlinked accounts share: adopting one would be a guess. */
export function nameAmbiguous(name: string, counts: { organizations: number; accounts: number }): Rejection {
  return {
    code: 'name_ambiguous',
    message: `${counts.organizations} organization(s) without external id and ${counts.accounts} unlinked account(s) are called "${name}".`,
    action:
      'In Zendesk, set the external id of the organization that belongs to this account, or rename the organizations that do not. Then retry.',
  };
}

/** Rejects an account for now: an organization has its name, but a legal entity that may hold another candidate is not read yet. */
export function waitingForEntity(name: string, entities: readonly string[]): Rejection {
  return {
    code: 'waiting_for_entity',
    message: `An organization called "${name}" may belong to this account, but ${entities.join(', ')} could not be read and may hold another account of that name.`,
    action: 'Fix what keeps the legal entity from being read (see the run). The account is tried again on every run.',
  };
}

/** Rejects a record that Zendesk did not accept. `reason` is Zendesk's own text. */
export function zendeskRefused(reason: string): Rejection {
  return {
    code: 'zendesk_refused',
    message: `Zendesk refused the record: ${reason}`,
    action: 'Fix what the message names in F&O or Zendesk, then retry.',
  };
}

/** Remarks that Zendesk did not keep values that were written: these fields are left alone until one of the two sides changes. */
export function fieldIgnored(fields: readonly string[]): Remark<'field_ignored'> {
  return {
    code: 'field_ignored',
    message: `Zendesk accepted the record but shows another value in: ${fields.join(', ')}.`,
    action:
      'Check these fields in Zendesk: a validation rule, a trigger or an app may change or drop the value. It is written again when the value in F&O or in Zendesk changes.',
  };
}
