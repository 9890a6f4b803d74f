/** The scope of a master run. Without `legalEntity` it covers all legal entities of the connection. */
export interface RunScope {
  readonly legalEntity?: string | undefined;
  readonly full: boolean;
  readonly acceptShrink: boolean;
}

/** Returns whether a running run does everything that another request asks for, so that the request can join it. */
export function covers(running: RunScope, requested: RunScope): boolean {
  const sameEntities = running.legalEntity === undefined || running.legalEntity === requested.legalEntity;
  return sameEntities && (running.full || !requested.full) && (running.acceptShrink || !requested.acceptShrink);
}
