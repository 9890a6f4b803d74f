import { dirname } from 'node:path';
import { CommandError } from './failures.ts';
import { findJsonError } from './json-error.ts';
import { readTextFile } from './read-text-file.ts';
import { resolveSecrets } from './resolve-secrets.ts';

/**
 * Reads a connection file and replaces references to secrets by the secrets. The API validates everything else. Throws
 * `CommandError` if the file is unreadable, is not JSON (with line and column), or refers to missing secrets (with all
 * of them).
 */
export async function readConnectionFile(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const document = parseDocument(file, await readText(file));
  const { resolved, mistakes } = await resolveSecrets(document, { env, directory: dirname(file) });
  if (mistakes.length === 0) return resolved;
  throw new CommandError(`${file} refers to secrets that are missing. Nothing was applied.`, {
    code: 'secrets_missing',
    mistakes,
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readTextFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CommandError(`The connection file ${file} cannot be read (${code}).`, { code: 'unreadable_file' });
  }
}

function parseDocument(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const location = findJsonError(text);
    const where = location === undefined ? '' : ` at line ${location.line}, column ${location.column}`;
    const expected = location === undefined ? '' : `: expected ${location.expected}`;
    throw new CommandError(`${file} is not valid JSON${where}${expected}.`, { code: 'not_json' });
  }
}
