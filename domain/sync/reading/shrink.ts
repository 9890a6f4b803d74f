/** The number of rows of one legal entity and kind after a complete reading. */
export interface ReadCount {
  readonly rows: number;
  /** Rows of the last accepted reading; undefined when there was none. */
  readonly lastAccepted: number | undefined;
}

/** Returns why a reading is not plausible, as a sentence without a period; undefined if it is plausible. */
export function shrinkReason(entity: string, count: ReadCount): string | undefined {
  const { rows, lastAccepted } = count;
  if (lastAccepted === undefined || lastAccepted === 0) return undefined;
  if (rows === 0) return `F&O returned no records for ${entity}, but ${lastAccepted} in the last reading`;
  const lost = lastAccepted - rows;
  if (lost <= 5 || lost <= lastAccepted / 10) return undefined;
  return `F&O returned ${rows} record(s) for ${entity}, but ${lastAccepted} in the last reading, so more than a tenth is missing`;
}
