import { readFile } from 'node:fs/promises';
import { decodeText } from './decode-text.ts';

/**
 * Reads a text file without its byte order mark. Besides UTF-8, it reads UTF-16 with a byte order mark, which Windows
 * PowerShell writes by default. Rejects as `readFile` does, or with an `InvalidTextError`.
 */
export async function readTextFile(path: string): Promise<string> {
  return decodeText(await readFile(path));
}

/** How to save a file whose bytes are not text. */
export const SAVE_AS_UTF_8 = 'Save it as UTF-8 (in Notepad: File > Save as > Encoding: UTF-8)';
