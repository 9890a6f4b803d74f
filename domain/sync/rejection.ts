/** The reasons for rejecting a record. The runbook in docs/ has an entry for each. */
export type RejectionCode =
  | 'external_id_contested'
  | 'external_id_unsupported'
  | 'name_ambiguous'
  | 'renumbering_unclear'
  | 'waiting_for_entity'
  | 'zendesk_refused'
  | 'record_unreadable'
  | 'account_not_synced'
  | 'email_shared'
  | 'email_taken'
  | 'user_deleted';

/** The remarks on a record that is not rejected. The runbook has an entry for each, too. */
export type RemarkCode =
  | 'contact_inactive'
  | 'no_account'
  | 'member_without_account'
  | 'same_person'
  | 'person_merged'
  | 'email_missing'
  | 'email_malformed'
  | 'email_refused'
  | 'email_shared'
  | 'user_is_staff'
  | 'user_suspended'
  | 'single_organization'
  | 'kept_for_open_tickets'
  | 'field_ignored'
  | 'text_repaired'
  | 'renumbered'
  | 'not_in_plan'
  | 'gone_from_erp';

/** A remark on a record: a code, what happened, and what a person should do. */
export interface Remark<Code extends string = RejectionCode | RemarkCode> {
  readonly code: Code;
  readonly message: string;
  readonly action: string;
  /** The organizations that the record could belong to, if a person has to decide. */
  readonly candidates?: readonly MatchCandidate[];
}

/** An organization that a record could belong to. `linkedTo` is the key text of the account that has the link. */
export interface MatchCandidate {
  readonly zendeskId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly linkedTo: string | null;
}

/** An organization in Zendesk, as it was last seen. */
interface SeenByName {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly linkedTo: string | null;
}

/** A rejection as it is stored and listed. */
export type Rejection = Remark<RejectionCode>;

/** Rejects a record whose external id belongs to another record. `holder` is the key of that record as text. */
export function externalIdContested(externalId: string, holder: string): Rejection {
  return {
    code: 'external_id_contested',
    message: `The external id "${externalId}" belongs to ${holder}. Zendesk ignores case in external ids.`,
    action:
      'Set sync.externalId to a template that gives the two records different ids, such as "{legalEntity}:{kind}:{accountNumber}", then run `ledgerdesk connection apply FILE`.',
  };
}

/**
 * Rejects an account whose external id is on the organization of another account, as after an import that swapped external
 * ids. `own` is the organization of the account itself, null if it has none.
 */
export function externalIdMoved(
  externalId: string,
  { account, own, other }: { account: string; own: SeenByName | null; other: SeenByName },
): Rejection {
  const where = `The external id "${externalId}" of this account is on the organization ${textOf(other)} in Zendesk, which belongs to ${other.linkedTo ?? 'no account'}.`;
  const candidates = [other, ...(own === null ? [] : [{ ...own, linkedTo: account }])].map(
    ({ id: zendeskId, name, externalId: its, linkedTo }) => ({ zendeskId, name, externalId: its, linkedTo }),
  );
  const free = `External ids are unique, so first remove it from the organization ${textOf(other)}.`;
  if (own === null)
    return {
      code: 'external_id_contested',
      message: where,
      action: `In Zendesk, give the organization ${textOf(other)} the external id of the account that it belongs to. Then run \`ledgerdesk retry ID\`.`,
      candidates,
    };
  return {
    code: 'external_id_contested',
    message: `${where} The organization of this account is ${textOf(own)}, with ${own.externalId === null ? 'no external id' : `the external id "${own.externalId}"`}.`,
    action: `In Zendesk, give the organization ${textOf(own)} the external id "${externalId}" again. ${free} Then run \`ledgerdesk retry ID\`.`,
    candidates,
  };
}

function textOf({ id, name }: SeenByName): string {
  return `"${name}" (${id})`;
}

/**
 * Rejects a record whose external id cannot be looked up in Zendesk. `because` completes the sentence "The external id
 * …".
 */
export function externalIdUnsupported(externalId: string, because: string): Rejection {
  return {
    code: 'external_id_unsupported',
    message: `The external id "${externalId}" ${because}, so Zendesk cannot look up the record by it.`,
    action: 'Change the number of the record in F&O. Until then it is not synchronized.',
  };
}

/** Rejects a record whose key cannot be used at all. `because` completes the sentence "The number …". */
export function keyUnsupported(key: string, because: string): Rejection {
  return {
    code: 'external_id_unsupported',
    message: `The number "${key}" ${because}, so Zendesk cannot look up the record by it.`,
    action: 'Change the number of the record in F&O. Until then it is not synchronized.',
  };
}

/** Rejects a record that F&O does not serve in a readable form. `because` is a sentence. */
export function recordUnreadable(because: string): Rejection {
  return {
    code: 'record_unreadable',
    message: `Ledgerdesk cannot read this record. ${because}`,
    action: 'Fix the record in F&O. Every sync reads it again. Its organization or user in Zendesk stays as it is.',
  };
}

/**
 * Rejects an account whose name several organizations or accounts share, because adopting one would be a
 * guess.
 */
export function nameAmbiguous(name: string, counts: { organizations: number; accounts: number }): Rejection {
  return {
    code: 'name_ambiguous',
    message: `${counts.organizations} organization(s) without external id and ${counts.accounts} account(s) have the name "${name}". It is not clear which of them belong together.`,
    action:
      'In Zendesk, set the external id of the organization that belongs to this account, or rename the organizations that do not. Then run `ledgerdesk retry ID`.',
  };
}

/**
 * Rejects an account although an organization has its name, because a legal entity that may contain another account of
 * that name was not read.
 */
export function waitingForEntity(name: string, entities: readonly string[]): Rejection {
  return {
    code: 'waiting_for_entity',
    message: `The organization "${name}" may belong to this account, but ${entities.join(', ')} was not read and may contain another account of that name.`,
    action: 'Fix the reason why the legal entity was not read (see the run). Every run tries this account again.',
  };
}

/** Rejects a record that Zendesk did not accept. `reason` is Zendesk's own text. */
export function zendeskRefused(reason: string): Rejection {
  return {
    code: 'zendesk_refused',
    message: `Zendesk refused the record: ${reason}`,
    action: 'Fix the problem named above in F&O or Zendesk, then run `ledgerdesk retry ID --code zendesk_refused`.',
  };
}

/**
 * Remarks that Zendesk did not keep written values. These fields are not written again until one of the two sides
 * changes.
 */
export function fieldIgnored(fields: readonly string[]): Remark<'field_ignored'> {
  return {
    code: 'field_ignored',
    message: `Zendesk accepted the record but shows another value in these fields: ${fields.join(', ')}.`,
    action:
      'Check these fields in Zendesk. A validation rule, a trigger or an app may change or drop the value. Ledgerdesk writes it again when the value in F&O or in Zendesk changes.',
  };
}

/**
 * Adds to the remark on a record that its text was repaired, if that is so. The sentence of the other remark is kept.
 */
export function withRepairs(repaired: readonly string[] | undefined, remark: Remark | null): Remark | null {
  if (repaired === undefined) return remark;
  const also = remark === null ? '' : ` ${remark.message} ${remark.action}`;
  return {
    code: 'text_repaired',
    message: `The record has characters in F&O that cannot be stored, in these fields: ${repaired.join(', ')}. Ledgerdesk has replaced them.${also}`,
    action: 'Correct these fields in F&O. Half an emoji at the end of a text is a common cause.',
  };
}

/** Remarks that a run did not write a record, because a person approved a plan in which its change is not the same. */
export function notInPlan(): Remark<'not_in_plan'> {
  return {
    code: 'not_in_plan',
    message:
      'The record was not written, because its change is not in the approved plan, or was left out of the approval.',
    action: 'No action is needed if you left it out. Otherwise the next sync decides about it, or make a new preview.',
  };
}

/**
 * The last accepted reading of the ERP did not contain the record. Absence removes nothing: only what F&O says about a
 * record that it has changes Zendesk.
 */
export const GONE_FROM_ERP: Remark<'gone_from_erp'> = {
  code: 'gone_from_erp',
  message:
    'The last complete reading of Dynamics 365 did not contain this record. Its organization or user stays in Zendesk as it is.',
  action:
    'No action is needed if the record was deleted in Dynamics 365. Otherwise check whether the F&O user of the app may still read it. The record comes back by itself when a reading contains it again.',
};
