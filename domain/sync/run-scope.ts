/** What a master run was asked to do. `legalEntity` undefined means all of the connection's. */
export interface RunScope {
  readonly legalEntity?: string | undefined;
  readonly full: boolean;
  readonly acceptShrink: boolean;
}

/** Returns whether a run under way also does what another request asks, so that the request can join it. */
export function covers(running: RunScope, asked: RunScope): boolean {
  const sameEntities = running.legalEntity === undefined || running.legalEntity === asked.legalEntity;
  return sameEntities && (running.full || !asked.full) && (running.acceptShrink || !asked.acceptShrink);
}
