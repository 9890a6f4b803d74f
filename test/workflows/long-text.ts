/**
 * Text that makes a history long when a step returns it. Temporal suggests to continue as new after 4 MB, which three
 * results with it exceed.
 */
export const LONG_TEXT = { filler: 'x'.repeat(1_500_000) };
