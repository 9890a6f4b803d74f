/** What is known of one legal entity and kind when its reading has ended. */
export interface ReadCount {
  readonly rows: number;
  /** Rows of the last accepted reading; undefined when there never was one. */
  readonly lastAccepted: number | undefined;
}

/** The sentence that says why a reading is not trusted, or undefined when it is. */
export function shrinkReason(entity: string, count: ReadCount): string | undefined {
  const { rows, lastAccepted } = count;
  if (lastAccepted === undefined || lastAccepted === 0) return undefined;
  if (rows === 0) return `${entity} came back empty although it had ${lastAccepted} record(s) the last time`;
  const lost = lastAccepted - rows;
  if (lost <= 5 || lost <= lastAccepted / 10) return undefined;
  return `${entity} shrank from ${lastAccepted} to ${rows} record(s), more than a tenth`;
}
