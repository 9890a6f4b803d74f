import { decodeText, InvalidTextError } from '../../runtime/config/decode-text.ts';

/** The JSON value of a body, undefined if it has none. `defect` is a sentence about bytes that are not text. */
export interface ParsedBody {
  readonly payload: unknown;
  readonly defect?: string;
}

/**
 * Parses the body of an event. A byte order mark is removed. Bytes that are not text are a defect, because they would be
 * stored as replacement characters.
 */
export function parseBody(bytes: Buffer, parseJson: (text: string) => unknown): ParsedBody {
  try {
    return { payload: parseJson(decodeText(bytes)) };
  } catch (error) {
    return {
      payload: undefined,
      ...(error instanceof InvalidTextError && { defect: `The body ${error.message}. Send it as UTF-8.` }),
    };
  }
}
