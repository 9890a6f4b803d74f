/**
 * An account that the store knows, with the party that it had. `isLinked` is true if it has an organization, and `isBusy`
 * while another run writes it, so that its number cannot be changed.
 */
export interface KnownAccount {
  readonly key: string;
  readonly party: string;
  readonly isLinked: boolean;
  readonly isBusy: boolean;
}

/** A number with its party, as it was just read. */
export interface ReadAccount {
  readonly key: string;
  readonly party: string;
}

/**
 * An account that was just read under a number without an organization. `holder` is the number of the account whose
 * organization has the external id of this one: null if no account is linked to that organization, undefined if there is
 * no such organization.
 */
export interface FreshAccount extends ReadAccount {
  readonly holder: string | null | undefined;
}

/** A number that F&O has now, with its party. */
export interface CurrentAccount {
  readonly key: string;
  readonly party: string | null;
}

/**
 * Accounts of one legal entity and kind that share parties. `changed` are known numbers that were just read with another
 * party. `current` is what F&O has now of these parties and numbers.
 */
export interface PartyAccounts {
  readonly known: readonly KnownAccount[];
  readonly fresh: readonly FreshAccount[];
  readonly changed: readonly ReadAccount[];
  readonly current: readonly CurrentAccount[];
}

/** A change of the number of an account. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * What follows from new numbers and new parties. `moves` are changes of numbers, in an order in which each new number is
 * free. `unclear` are new numbers that may be one of several former ones. `vanished` are numbers that were read, but that
 * F&O does not have any more. `passedOn` are known numbers that another account may have now, which is not clear. The
 * other new numbers are further accounts of their parties.
 */
export interface Renumberings {
  readonly moves: readonly Move[];
  readonly unclear: readonly { readonly key: string; readonly formerKeys: readonly string[] }[];
  readonly vanished: readonly string[];
  readonly passedOn: readonly string[];
}

/**
 * Decides which numbers belong to former accounts: F&O renames the primary key of a customer or vendor and keeps its
 * party, so one number is gone and one is new. If the party has further accounts, nothing is guessed, and a person
 * decides by the external id of an organization.
 */
export function decideRenumberings(accounts: PartyAccounts): Renumberings {
  const chained = accounts.known.flatMap((account) => chainFrom(account, accounts));
  const isSettled = (key: string): boolean => chained.some(({ to }) => to === key);
  const moves = [...chained];
  const unclear: { key: string; formerKeys: readonly string[] }[] = [];
  const vanished: string[] = [];
  for (const fresh of accounts.fresh) {
    if (isSettled(fresh.key)) continue;
    const formerKeys = leftOf(fresh.party, accounts).map(({ key }) => key);
    const chosen = chosenFor(fresh, accounts);
    if (currentPartyOf(fresh.key, accounts) !== fresh.party) vanished.push(fresh.key);
    else if (chosen !== undefined) moves.push({ from: chosen, to: fresh.key });
    else if (fresh.holder !== null && formerKeys.length > 0) unclear.push({ key: fresh.key, formerKeys });
  }
  const passedOn = accounts.changed.filter(({ key, party }) => !isSettled(key) && leftOf(party, accounts).length > 0);
  return { moves, unclear, vanished, passedOn: passedOn.map(({ key }) => key) };
}

/**
 * Returns the moves that begin with an account whose number is gone, the last one first, because it makes the number free
 * for the one before. They end at a new number. Returns none if that is not clear.
 */
function chainFrom(first: KnownAccount, accounts: PartyAccounts): readonly Move[] {
  if (isCurrent(first.key, accounts)) return [];
  const moves: Move[] = [];
  for (let account: KnownAccount | undefined = first; account !== undefined;) {
    const to = successorOf(account, accounts);
    if (to === undefined || moves.some((move) => move.to === to)) return [];
    moves.unshift({ from: account.key, to });
    account = accounts.known.find(({ key }) => key === to);
  }
  // A person has created an organization for the new number.
  const last = accounts.fresh.find(({ key }) => key === moves[0]?.to);
  return last?.holder === null ? [] : moves;
}

/** Returns the number that an account has now, if its party had and has only one account. */
function successorOf({ key, party, isLinked, isBusy }: KnownAccount, accounts: PartyAccounts): string | undefined {
  const now = accounts.current.filter((one) => one.party === party);
  const isAlone = accounts.known.filter((one) => one.party === party).length === 1 && now.length === 1;
  const [only] = now;
  return isAlone && isLinked && !isBusy && only?.key !== key ? only?.key : undefined;
}

/** Returns the accounts of a party that F&O does not have any more under their number. */
function leftOf(party: string, accounts: PartyAccounts): readonly KnownAccount[] {
  const { known } = accounts;
  return known.filter((one) => one.party === party && currentPartyOf(one.key, accounts) !== party && canMove(one));
}

/** An account without an organization has nothing that could follow it, unless it is getting one now. */
function canMove({ isLinked, isBusy }: KnownAccount): boolean {
  return isLinked || isBusy;
}

/** Returns the former number that a person has chosen, by giving its organization the external id of the new one. */
function chosenFor({ party, holder }: FreshAccount, accounts: PartyAccounts): string | undefined {
  const chosen = leftOf(party, accounts).find(({ key, isBusy }) => key === holder && !isBusy);
  return chosen === undefined || isCurrent(chosen.key, accounts) ? undefined : chosen.key;
}

function isCurrent(key: string, { current }: PartyAccounts): boolean {
  return current.some((one) => one.key === key);
}

function currentPartyOf(key: string, { current }: PartyAccounts): string | null | undefined {
  return current.find((one) => one.key === key)?.party;
}
