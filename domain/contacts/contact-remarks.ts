import type { Rejection, Remark } from '../sync/rejection.ts';

/** Rejects a contact none of whose accounts has an organization. `accounts` are their keys as text. */
export function accountNotSynced(accounts: readonly string[]): Rejection {
  return {
    code: 'account_not_synced',
    message: `The contact belongs to ${accounts.join(', ')}, which has no organization in Zendesk.`,
    action: 'Fix why that account was rejected (see its record). The contact is tried again on every run.',
  };
}

/** Rejects a contact whose address another user of Zendesk has, as its primary one or as a further identity. */
export function emailTaken(): Rejection {
  return {
    code: 'email_taken',
    message: 'Another user in Zendesk already has the email address of this contact.',
    action:
      'Decide in Zendesk whose address it is: remove it from the other user, merge the two users, or correct the contact in F&O. Then retry.',
  };
}

/** Rejects a contact whose user a person deleted in Zendesk. */
export function userDeleted(): Rejection {
  return {
    code: 'user_deleted',
    message: 'The user of this contact was deleted in Zendesk. Ledgerdesk does not create it again unless you ask.',
    action: 'Retry this record to create the user again, or set the contact to inactive in F&O.',
  };
}

const SHARED =
  'Another contact has the same email address and came first. Zendesk allows an address for one user only.';

/** Rejects a contact whose address another contact holds, where the connection wants such contacts rejected. */
export function sharedEmailRejected(holder: string): Rejection {
  return {
    code: 'email_shared',
    message: `${SHARED} The other contact is ${holder}.`,
    action:
      'Give the contact its own address in F&O, or set sync.sharedMailbox to "first" and apply the connection again.',
  };
}

/** Remarks that another contact holds the address, so that this one is written without it. */
export function sharedEmail(holder: string): Remark {
  return {
    code: 'email_shared',
    message: `${SHARED} The other contact is ${holder}; this one is written without the address.`,
    action: 'Give the contact its own address in F&O if it should have one in Zendesk.',
  };
}

/** The contact is inactive in the ERP. An existing user is left alone. */
export const CONTACT_INACTIVE: Remark = {
  code: 'contact_inactive',
  message: 'The contact is inactive in F&O, so it is not written. An existing user is left alone.',
  action: 'Nothing, unless the contact should be active in F&O.',
};

/** The contact belongs to no account that is synchronized. */
export const NO_ACCOUNT: Remark = {
  code: 'no_account',
  message: 'The contact belongs to no customer or vendor of this connection.',
  action: 'Assign the contact to an account in F&O, or switch on the kind of account that it belongs to.',
};

/** Remarks that the row is a further one of a person who is written from another row. `lead` is that row's key as text. */
export function samePerson(lead: string): Remark {
  return {
    code: 'same_person',
    message: `The same person as ${lead}, whose user also belongs to the accounts of this contact.`,
    action: 'Nothing.',
  };
}

/** The ERP has no address. A user without one can be named as requester, but cannot write emails. */
export const EMAIL_MISSING: Remark = {
  code: 'email_missing',
  message: 'The contact has no email address in F&O, so its user is written without one.',
  action: 'Enter an address in F&O. It is then added to the user.',
};

/** The address in the ERP is not an email address. */
export const EMAIL_MALFORMED: Remark = {
  code: 'email_malformed',
  message: 'Zendesk does not take the email address of the contact in F&O, so its user is written without one.',
  action: 'Correct the address in F&O. It is then added to the user.',
};

/** The user is an agent or admin. */
export const USER_IS_STAFF: Remark = {
  code: 'user_is_staff',
  message: 'The user of this contact is an agent or admin. Only its external id and its organizations are written.',
  action: 'Nothing, if that is right. Otherwise change the role in Zendesk.',
};

/** The user is suspended in Zendesk. */
export const USER_SUSPENDED: Remark = {
  code: 'user_suspended',
  message: 'The user of this contact is suspended in Zendesk. Its messages go to the suspended tickets.',
  action: 'Lift the suspension in Zendesk if it is not intended.',
};

/** Zendesk lets a user belong to one organization only. */
export const SINGLE_ORGANIZATION: Remark = {
  code: 'single_organization',
  message:
    'The contact belongs to several accounts, but this Zendesk account allows a user to belong to one organization only.',
  action:
    'Switch on multiple organizations in Zendesk (Admin Center, People, Configuration, End users), then run "sync --full".',
};
