/** An account of a party that the store knows, with an organization, or with one that is being created. */
export interface KnownAccount {
  readonly key: string;
  readonly party: string;
  /** True while another run writes the account. Its number cannot be changed meanwhile. */
  readonly isBusy: boolean;
}

/**
 * An account that was just read under a number without an organization. `holder` is the number of the account whose
 * organization has the external id of this one: null if no account is linked to that organization, undefined if there is
 * no such organization.
 */
export interface FreshAccount {
  readonly key: string;
  readonly party: string;
  readonly holder: string | null | undefined;
}

/** A number that F&O has now, with its party. */
export interface CurrentAccount {
  readonly key: string;
  readonly party: string | null;
}

/** Accounts of one legal entity and kind that share parties. `current` is what F&O has now of these parties and numbers. */
export interface PartyAccounts {
  readonly known: readonly KnownAccount[];
  readonly fresh: readonly FreshAccount[];
  readonly current: readonly CurrentAccount[];
}

/**
 * What follows from new numbers of known parties. `moves` are changes of numbers, in an order in which each new number is
 * free. `unclear` are new numbers that may be one of several former ones. `vanished` are numbers that were read, but that
 * F&O does not have any more. The other new numbers are further accounts of their parties.
 */
export interface Renumberings {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  readonly unclear: readonly { readonly key: string; readonly formerKeys: readonly string[] }[];
  readonly vanished: readonly string[];
}

type Move = Renumberings['moves'][number];

/** A chain of moves, or why there is none: the former numbers that are possible, none for a further account. */
type Decision = { readonly moves: readonly Move[] } | { readonly formerKeys: readonly string[] };

/**
 * Decides which new numbers are former accounts: F&O renames the primary key of a customer or vendor and keeps its party,
 * so one number is gone and one is new. If the party has further accounts, nothing is guessed, and a person decides by
 * the external id of an organization.
 */
export function decideRenumberings(accounts: PartyAccounts): Renumberings {
  const moves: Move[] = [];
  const unclear: { key: string; formerKeys: readonly string[] }[] = [];
  const vanished: string[] = [];
  for (const fresh of accounts.fresh) {
    const decision = currentPartyOf(fresh.key, accounts) === fresh.party ? decide(fresh, accounts) : undefined;
    if (decision === undefined) vanished.push(fresh.key);
    else if ('moves' in decision) moves.push(...decision.moves);
    else if (decision.formerKeys.length > 0) unclear.push({ key: fresh.key, formerKeys: decision.formerKeys });
  }
  return { moves, unclear, vanished };
}

function decide(fresh: FreshAccount, accounts: PartyAccounts): Decision {
  const { party, holder } = fresh;
  const left = accounts.known.filter((one) => one.party === party && currentPartyOf(one.key, accounts) !== party);
  const formerKeys = left.map(({ key }) => key);
  // A person has created the organization of this number.
  if (holder === null) return { formerKeys: [] };
  const chain = chainTo(fresh.key, party, accounts);
  if (chain !== undefined) return { moves: chain };
  const chosen = left.find(({ key, isBusy }) => key === holder && !isBusy && !isCurrent(key, accounts));
  return chosen === undefined ? { formerKeys } : { moves: [{ from: chosen.key, to: fresh.key }] };
}

/**
 * Returns the moves that end at a number of a party, the last one first, because it makes the number free for the one
 * before. A number that another party has now was renumbered, too, if the former number of that party is gone. Returns
 * undefined if a party has more than one account, before or now.
 */
function chainTo(to: string, party: string, accounts: PartyAccounts): readonly Move[] | undefined {
  const moves: Move[] = [];
  for (let [free, wanted] = [to, party]; ;) {
    const former = accounts.known.filter((one) => one.party === wanted);
    const [from] = former;
    const isAlone = former.length === 1 && accounts.current.filter((one) => one.party === wanted).length === 1;
    if (from === undefined || !isAlone || from.isBusy || moves.some((move) => move.to === from.key)) return undefined;
    moves.push({ from: from.key, to: free });
    if (!isCurrent(from.key, accounts)) return moves;
    const next = currentPartyOf(from.key, accounts);
    if (next === null || next === undefined || next === wanted) return undefined;
    [free, wanted] = [from.key, next];
  }
}

function isCurrent(key: string, { current }: PartyAccounts): boolean {
  return current.some((one) => one.key === key);
}

function currentPartyOf(key: string, { current }: PartyAccounts): string | null | undefined {
  return current.find((one) => one.key === key)?.party;
}
