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

/** A number about which nothing is decided, with the former numbers that its account may have had. */
export interface UnclearNumber {
  readonly key: string;
  readonly formerKeys: readonly string[];
}

/**
 * What follows from new numbers and new parties. `moves` are changes of numbers, in an order in which each new number is
 * free. `unclear` are numbers that may be the new ones of former accounts. Those of them in `held` still have the record
 * of another account, of which it is unclear, too, whether it has another number now. `vanished` are numbers that were
 * read, but that F&O does not have any more. `passedOn` are known numbers that another account may have now. The other
 * new numbers are further accounts of their parties.
 */
export interface Renumberings {
  readonly moves: readonly Move[];
  readonly unclear: readonly UnclearNumber[];
  readonly held: readonly UnclearNumber[];
  readonly vanished: readonly string[];
  readonly passedOn: readonly string[];
}

/**
 * Decides which numbers belong to former accounts: F&O renames the primary key of a customer or vendor and keeps its
 * party, so one number is gone and one is new. If the party has further accounts, nothing is guessed, and a person
 * decides by the external id of an organization.
 */
export function decideRenumberings(accounts: PartyAccounts): Renumberings {
  const moves = uniqueMoves(accounts.known.map((account) => chainFrom(account, accounts)));
  const isNumberOf = (key: string): boolean => moves.some(({ to }) => to === key);
  const isFreed = (key: string): boolean => moves.some(({ from }) => from === key);
  const unclearOf = ({ key, party }: ReadAccount): UnclearNumber => {
    const left = leftOf(party, accounts).filter((one) => !isFreed(one.key));
    return { key, formerKeys: left.map((one) => one.key) };
  };
  const fresh = accounts.fresh.filter(({ key }) => !isNumberOf(key));
  const [read, gone] = split(fresh, ({ key, party }) => currentPartyOf(key, accounts) === party);
  const unclearFresh = read.filter(({ holder }) => holder !== null).map(unclearOf);
  const changed = accounts.changed.filter(({ key }) => !isNumberOf(key)).map(unclearOf);
  const [freed, taken] = split(changed.filter(hasFormer), ({ key }) => isFreed(key));
  const unclear = [...unclearFresh.filter(hasFormer), ...freed];
  const held = taken.filter(({ key }) => unclear.some(({ formerKeys }) => formerKeys.includes(key)));
  return { moves, unclear, held, vanished: gone.map(({ key }) => key), passedOn: taken.map(({ key }) => key) };
}

function hasFormer({ formerKeys }: UnclearNumber): boolean {
  return formerKeys.length > 0;
}

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** Joins chains. A chain may be the end of another one, which begins before it. */
function uniqueMoves(chains: readonly (readonly Move[])[]): readonly Move[] {
  const longestFirst = [...chains].sort((one, other) => other.length - one.length);
  return [...new Map(longestFirst.flat().map((move) => [move.from, move])).values()];
}

/**
 * Returns the moves that begin with an account whose number is gone, or was passed on to another account. The last one is
 * first, because it makes the number free for the one before. They end at a new number. Returns none if that is not
 * clear.
 */
function chainFrom(first: KnownAccount, accounts: PartyAccounts): readonly Move[] {
  if (isCurrent(first.key, accounts) && !isPassedOn(first, accounts)) return [];
  const moves: Move[] = [];
  for (let account: KnownAccount | undefined = first; account !== undefined;) {
    const to = successorOf(account, accounts);
    if (to === undefined || moves.some((move) => move.to === to)) return [];
    moves.unshift({ from: account.key, to });
    account = accounts.known.find(({ key }) => key === to);
  }
  return moves;
}

/** Returns whether another account may have the number of this one now. */
function isPassedOn({ key, party }: KnownAccount, accounts: PartyAccounts): boolean {
  const now = currentPartyOf(key, accounts);
  return typeof now === 'string' && now !== party && leftOf(now, accounts).length > 0;
}

/**
 * Returns the number that an account has now: the one that a person has chosen, by giving the account's organization its
 * external id, or the only number of the party, if the party had only one account.
 */
function successorOf(account: KnownAccount, accounts: PartyAccounts): string | undefined {
  const { key, party, isLinked, isBusy } = account;
  const now = accounts.current.filter((one) => one.party === party);
  const hasMoved = isLinked && !isBusy && !now.some((one) => one.key === key);
  if (!hasMoved) return undefined;
  const chosen = accounts.fresh.find((one) => one.holder === key && now.some((other) => other.key === one.key));
  if (chosen !== undefined) return chosen.key;
  const isAlone = accounts.known.filter((one) => one.party === party).length === 1 && now.length === 1;
  // A person has created an organization for the new number.
  const isOther = accounts.fresh.some((one) => one.key === now[0]?.key && one.holder === null);
  return isAlone && !isOther ? now[0]?.key : undefined;
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

function isCurrent(key: string, { current }: PartyAccounts): boolean {
  return current.some((one) => one.key === key);
}

function currentPartyOf(key: string, { current }: PartyAccounts): string | null | undefined {
  return current.find((one) => one.key === key)?.party;
}
