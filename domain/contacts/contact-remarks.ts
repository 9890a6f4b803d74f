import type { Rejection, Remark } from '../sync/rejection.ts';

/** No account of the contact has an organization. `accounts` are their keys as text. */
export function accountNotSynced(accounts: readonly string[]): Rejection {
  return {
    code: 'account_not_synced',
    message: `The contact belongs to ${accounts.join(', ')}, which has no organization in Zendesk.`,
    action: 'Mend why that account was rejected (see its record); the contact is tried again on every run.',
  };
}

/** Another user of Zendesk has the address, as its primary one or as a further identity. */
export function emailTaken(): Rejection {
  return {
    code: 'email_taken',
    message: 'The email address of this contact is already an identity of another user in Zendesk.',
    action:
      'Decide in Zendesk whose address it is: remove it from the other user, merge the two users, or correct the contact in F&O; then retry.',
  };
}

/** The user was deleted in Zendesk, by a person who will have had reasons. */
export function userDeleted(): Rejection {
  return {
    code: 'user_deleted',
    message: 'The user of this contact was deleted in Zendesk, so it is left alone.',
    action: 'Retry this record to have the user created again, or set the contact to inactive in F&O.',
  };
}

const SHARED = 'Another contact has the same email address and came first; Zendesk gives an address to one user only.';

/** Another contact holds the address, and the connection wants such contacts rejected. */
export function sharedEmailRejected(holder: string): Rejection {
  return {
    code: 'email_shared',
    message: `${SHARED} It is with ${holder}.`,
    action:
      'Give the contact an address of its own in F&O, or set sync.sharedMailbox to "first" and apply the connection.',
  };
}

/** Another contact holds the address: this one is written without. */
export function sharedEmail(holder: string): Remark {
  return {
    code: 'email_shared',
    message: `${SHARED} It is with ${holder}; this contact is written without it.`,
    action: 'Give the contact an address of its own in F&O if it should have one in Zendesk.',
  };
}

/** The contact is inactive in the ERP; a user that exists is left alone. */
export const CONTACT_INACTIVE: Remark = {
  code: 'contact_inactive',
  message: 'The contact is inactive in F&O, so it is not written; a user that exists already is left alone.',
  action: 'Nothing, unless the contact should be active in F&O.',
};

/** The contact is tied to no account that is synchronised. */
export const NO_ACCOUNT: Remark = {
  code: 'no_account',
  message: 'The contact belongs to no customer or vendor of this connection.',
  action: 'Tie the contact to an account in F&O, or switch on the kind of account that it belongs to.',
};

/** The row is a further one of a person who is written from another row. `lead` is that row's key as text. */
export function samePerson(lead: string): Remark {
  return {
    code: 'same_person',
    message: `The same person as ${lead}, whose user also belongs to the accounts of this contact.`,
    action: 'Nothing.',
  };
}

/** The ERP has no address: a user without one can be named as requester, but cannot write mails. */
export const EMAIL_MISSING: Remark = {
  code: 'email_missing',
  message: 'The contact has no email address in F&O; its user is written without one.',
  action: 'Enter an address in F&O: it is then added to the user.',
};

/** The address in the ERP is none. */
export const EMAIL_MALFORMED: Remark = {
  code: 'email_malformed',
  message:
    'The email address of the contact in F&O is not one that Zendesk could take; its user is written without one.',
  action: 'Correct the address in F&O: it is then added to the user.',
};

/** The user is an agent or admin. */
export const USER_IS_STAFF: Remark = {
  code: 'user_is_staff',
  message: 'The user of this contact is an agent or admin: only its external id and its organizations are written.',
  action: 'Nothing, if that is so; otherwise change the role in Zendesk.',
};

/** The user is suspended in Zendesk. */
export const USER_SUSPENDED: Remark = {
  code: 'user_suspended',
  message: 'The user of this contact is suspended in Zendesk: what it writes goes to the suspended tickets.',
  action: 'Lift the suspension in Zendesk if it is not meant.',
};

/** Zendesk lets a user belong to one organization only. */
export const SINGLE_ORGANIZATION: Remark = {
  code: 'single_organization',
  message:
    'The contact belongs to several accounts, but this Zendesk account lets a user belong to one organization only.',
  action:
    'Switch on multiple organizations in Zendesk (Admin Center, People, Configuration, End users), then run "sync --full".',
};
