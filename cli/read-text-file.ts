import { readFile } from 'node:fs/promises';

/**
 * Reads a text file without its byte order mark. Besides UTF-8, it reads UTF-16 with a byte order mark, which Windows
 * PowerShell writes by default. Rejects as `readFile` does.
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path);
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\u{feff}/u, '');
}
