import { dirname } from 'node:path';
import { InvalidTextError } from './decode-text.ts';
import { CommandError } from './failures.ts';
import { findJsonError } from './json-error.ts';
import { readTextFile, SAVE_AS_UTF_8 } from './read-text-file.ts';
import { resolveSecrets } from './resolve-secrets.ts';

/** A connection file with its secrets, and what was removed around them. */
export interface ConnectionDocument {
  readonly document: unknown;
  readonly notes: readonly string[];
}

/**
 * Reads a connection file and replaces references to secrets by the secrets. The API validates everything else. Throws
 * `CommandError` if the file is unreadable, is not text or not JSON (with line and column), or refers to missing secrets
 * (with all of them).
 */
export async function readConnectionFile(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConnectionDocument> {
  const document = parseDocument(file, await readText(file));
  const { resolved, mistakes, notes } = await resolveSecrets(document, { env, directory: dirname(file) });
  if (mistakes.length === 0) return { document: resolved, notes };
  throw new CommandError(`${file} refers to secrets that are missing. Nothing was applied.`, {
    code: 'secrets_missing',
    mistakes,
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readTextFile(file);
  } catch (error) {
    if (error instanceof InvalidTextError)
      throw new CommandError(`${file} ${error.message}. ${SAVE_AS_UTF_8}. Nothing was applied.`, { code: 'not_text' });
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
