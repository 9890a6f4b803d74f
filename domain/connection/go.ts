/** The name that stands for all legal entities, or all kinds, in a go. */
export const EVERY = '*';

/** One legal entity and kind of a connection. In a go, `*` stands for all of them. */
export interface GoScope {
  readonly legalEntity: string;
  readonly kind: string;
}

/** The whole connection as the scope of a go. */
export const WHOLE_CONNECTION: GoScope = { legalEntity: EVERY, kind: EVERY };

/**
 * A go: from then on, runs and events may write the records of its scope without a person. `by` is the person who gave
 * it. `since` is an ISO-8601 UTC time.
 */
export interface Go extends GoScope {
  readonly since: string;
  readonly by: string;
}

/** Returns whether gos cover everything in a scope. */
export function isCovered(gos: readonly GoScope[], { legalEntity, kind }: GoScope): boolean {
  return gos.some(
    (go) => (go.legalEntity === EVERY || go.legalEntity === legalEntity) && (go.kind === EVERY || go.kind === kind),
  );
}

/** Returns whether anything of a connection may be written, or of one legal entity of it. */
export function hasAnyGo(gos: readonly GoScope[], legalEntity?: string): boolean {
  return gos.some((go) => legalEntity === undefined || go.legalEntity === EVERY || go.legalEntity === legalEntity);
}

/** The reason why nothing is written to the target of a scope without a go, and what a person should do. */
export interface NoGo {
  readonly code: 'no_go';
  readonly message: string;
}

/** Returns the reason why a connection writes nothing before its go, with the commands that give it. */
export function noGo(connectionId: string, legalEntity?: string): NoGo {
  const [what, option] =
    legalEntity === undefined ? ['', ''] : [` for the legal entity "${legalEntity}"`, ` --legal-entity ${legalEntity}`];
  return {
    code: 'no_go',
    message:
      `Connection "${connectionId}" has no go${what} yet, so Ledgerdesk writes nothing. To give the go and start the first sync, run \`ledgerdesk sync ${connectionId}${option}\`. ` +
      `To see first what it would do, run \`ledgerdesk preview ${connectionId}\`, then approve the plan with \`ledgerdesk approve PLAN --hash HASH\`.`,
  };
}

/** Describes the scope of a go in words, such as "usmf, all kinds". */
export function describeScope({ legalEntity, kind }: GoScope): string {
  if (legalEntity === EVERY && kind === EVERY) return 'the whole connection';
  const entities = legalEntity === EVERY ? 'all legal entities' : legalEntity;
  return `${entities}, ${kind === EVERY ? 'all kinds' : `kind ${kind}`}`;
}
