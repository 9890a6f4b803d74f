/** The number of rows of one legal entity and kind, when its reading has ended. */
export interface ReadCount {
  readonly rows: number;
  /** Rows of the last accepted reading; undefined when there was none. */
  readonly lastAccepted: number | undefined;
}

/** Returns the sentence that says why a reading is not trusted; undefined when it is. */
export function shrinkReason(entity: string, count: ReadCount): string | undefined {
  const { rows, lastAccepted } = count;
  if (lastAccepted === undefined || lastAccepted === 0) return undefined;
  if (rows === 0) return `${entity} came back empty although it had ${lastAccepted} record(s) the last time`;
  const lost = lastAccepted - rows;
  if (lost <= 5 || lost <= lastAccepted / 10) return undefined;
  return `${entity} shrank from ${lastAccepted} to ${rows} record(s), more than a tenth`;
}
