import type { Rejection, Remark } from '../sync/rejection.ts';

/** Rejects a contact whose accounts have no organizations. `accounts` are their keys as text. */
export function accountNotSynced(accounts: readonly string[]): Rejection {
  return {
    code: 'account_not_synced',
    message: `The contact belongs to ${accounts.join(', ')}, but no such account has an organization in Zendesk.`,
    action: 'Fix the rejection of the account (see its record). Every run tries this contact again.',
  };
}

/** Rejects a contact whose email address belongs to another user in Zendesk, as the primary or as a further address. */
export function emailTaken(): Rejection {
  return {
    code: 'email_taken',
    message: 'Another user in Zendesk already has the email address of this contact.',
    action:
      'Remove the address from the other user in Zendesk, merge the two users, or correct the contact in F&O. Then run `ledgerdesk retry ID --code email_taken`.',
  };
}

/** Rejects a contact whose user a person deleted in Zendesk. */
export function userDeleted(): Rejection {
  return {
    code: 'user_deleted',
    message: 'The user of this contact was deleted in Zendesk. Ledgerdesk does not create it again unless you ask.',
    action:
      'To create the user again, run `ledgerdesk retry ID` with the key of this contact. Otherwise set the contact to inactive in F&O.',
  };
}

const SHARED = 'Another contact has already used the same email address. Zendesk allows an address for one user only.';

/**
 * Rejects a contact whose email address another contact holds, if the connection is configured to reject such contacts.
 */
export function sharedEmailRejected(holder: string): Rejection {
  return {
    code: 'email_shared',
    message: `${SHARED} The other contact is ${holder}.`,
    action:
      'Give the contact its own address in F&O, or set sync.sharedMailbox to "first" and run `ledgerdesk connection apply FILE`.',
  };
}

/** Remarks that the contact is written without its email address, because another contact holds it. */
export function sharedEmail(holder: string): Remark {
  return {
    code: 'email_shared',
    message: `${SHARED} The other contact is ${holder}. This contact is written without an address.`,
    action: 'Give the contact its own address in F&O if it needs one in Zendesk.',
  };
}

/** The contact is inactive in the ERP. An existing user stays as it is. */
export const CONTACT_INACTIVE: Remark = {
  code: 'contact_inactive',
  message: 'The contact is inactive in F&O, so it is not written. An existing user stays as it is.',
  action: 'No action is needed, unless the contact should be active in F&O.',
};

/** The contact belongs to no account that is synchronized. */
export const NO_ACCOUNT: Remark = {
  code: 'no_account',
  message: 'The contact belongs to no customer or vendor of this connection.',
  action:
    'Assign the contact to an account in F&O, or switch on the sync of its kind of account in the connection file.',
};

/**
 * Remarks that a contact belongs to no account, but its user is still a member of the organizations of these accounts.
 */
export function memberWithoutAccount(accounts: readonly string[]): Remark {
  return {
    code: 'member_without_account',
    message: `The contact belongs to no customer or vendor of this connection, but its user is still a member of the organization of ${accounts.join(', ')}. This happens when an account gets another party in F&O, for example when an organization is turned into a person.`,
    action:
      'If the contact still belongs to the account, assign it to the new party of the account in F&O. Otherwise remove the user from the organization in Zendesk.',
  };
}

/** Remarks that two persons were merged in F&O, and that this one has a user of its own. `lead` is as in `samePerson`. */
export function personMerged(lead: string, users: { readonly own: string; readonly lead: string }): Remark {
  return {
    code: 'person_merged',
    message: `This contact is the same person as ${lead} in F&O now, but both have a user in Zendesk. The user ${users.lead} belongs to the accounts of both. The user ${users.own} of this contact stays active and is not written any more.`,
    action: `Merge the user ${users.own} into the user ${users.lead} in Zendesk (the user's page, Merge into another user). Its tickets move along.`,
  };
}

/** Remarks that the user of this person is written from another contact. `lead` is the key of that contact as text. */
export function samePerson(lead: string): Remark {
  return {
    code: 'same_person',
    message: `This contact is the same person as ${lead}. The user of that contact belongs to the accounts of both.`,
    action: 'No action is needed.',
  };
}

/** The ERP has no email address. Such a user can be a requester, but cannot write emails. */
export const EMAIL_MISSING: Remark = {
  code: 'email_missing',
  message: 'The contact has no email address in F&O, so its user is written without one.',
  action: 'Enter an address in F&O. The next run adds it to the user.',
};

/** The ERP has an invalid email address. */
export const EMAIL_MALFORMED: Remark = {
  code: 'email_malformed',
  message: 'The email address of the contact in F&O is invalid in Zendesk, so its user is written without one.',
  action: 'Correct the address in F&O. The next run adds it to the user.',
};

/** Remarks that the contact is written without its email address, because Zendesk refused it. */
export function emailRefused(reason: string): Remark {
  return {
    code: 'email_refused',
    message: `Zendesk refused the email address of this contact, so its user is written without one: ${reason}`,
    action:
      'Correct the address in F&O. The next run adds it to the user. If the address is right, ask Zendesk why it is not accepted, then run `ledgerdesk retry ID --code email_refused`.',
  };
}

/** The user is an agent or admin. */
export const USER_IS_STAFF: Remark = {
  code: 'user_is_staff',
  message: 'The user of this contact is an agent or admin. Only its external id and its organizations are written.',
  action: 'No action is needed if that is right. Otherwise change the role in Zendesk.',
};

/** The user is suspended in Zendesk. */
export const USER_SUSPENDED: Remark = {
  code: 'user_suspended',
  message: 'The user of this contact is suspended in Zendesk. Messages from it become suspended tickets.',
  action: 'Unsuspend the user in Zendesk if it was suspended by mistake.',
};

/** The user would have left an organization, but has tickets there that are not solved. */
export const KEPT_FOR_OPEN_TICKETS: Remark = {
  code: 'kept_for_open_tickets',
  message:
    'The contact left an account in F&O, but its user has unsolved tickets in the organization of that account. Zendesk would take these tickets out of the organization, so the user stays a member of it for now.',
  action: 'No action is needed. When the tickets are solved, the next run removes the user from the organization.',
};

/** The Zendesk account allows a user to belong to one organization only. */
export const SINGLE_ORGANIZATION: Remark = {
  code: 'single_organization',
  message:
    'The contact belongs to several accounts, but this Zendesk account allows a user to belong to one organization only.',
  action:
    'Switch on multiple organizations in Zendesk (Admin Center, People, Configuration, End users), then run `ledgerdesk sync ID --full`.',
};
