/** Makes text from elsewhere fit for a line of a terminal: no line breaks, no escape sequences, no changes of direction. */
export function printable(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{fffd}');
}
