/**
 * Returns external text in a form that is safe for one line of a terminal: without line breaks, escape sequences and
 * bidi controls.
 */
export function printable(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{fffd}');
}
