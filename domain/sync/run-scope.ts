/**
 * The scope of a master run. Without `legalEntity` it covers all legal entities of the connection. What a run may accept
 * are rows in the store (`run_grants`), never the input of a workflow.
 */
export interface RunScope {
  readonly legalEntity?: string | undefined;
  readonly full: boolean;
  readonly acceptShrink: boolean;
  readonly acceptLimits?: boolean | undefined;
}

/** Returns whether a running run does everything that another request asks for, so that the request can join it. */
export function covers(running: RunScope, requested: RunScope): boolean {
  const sameEntities = running.legalEntity === undefined || running.legalEntity === requested.legalEntity;
  return (
    sameEntities &&
    (running.full || !requested.full) &&
    (running.acceptShrink || !requested.acceptShrink) &&
    (running.acceptLimits === true || requested.acceptLimits !== true)
  );
}
