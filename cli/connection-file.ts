import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandError } from './failures.ts';
import { findJsonMistake } from './json-mistake.ts';
import { resolveSecrets } from './resolve-secrets.ts';

/**
 * Reads a connection file and puts the secrets that it names in their places. What is wrong besides is the API's to judge.
 * Throws `CommandError`: unreadable, not JSON (with line and column), or with every secret that is missing.
 */
export async function readConnectionFile(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const document = parseDocument(file, await readText(file));
  const { resolved, mistakes } = await resolveSecrets(document, { env, directory: dirname(file) });
  if (mistakes.length === 0) return resolved;
  throw new CommandError(`Secrets that ${file} names are missing; nothing was applied.`, {
    code: 'secrets_missing',
    mistakes,
  });
}

async function readText(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    return text.replace(/^\u{feff}/u, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CommandError(`The connection file ${file} cannot be read (${code}).`, { code: 'unreadable_file' });
  }
}

function parseDocument(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const mistake = findJsonMistake(text);
    const where = mistake === undefined ? '' : ` at line ${mistake.line}, column ${mistake.column}`;
    const expected = mistake === undefined ? '' : `: expected ${mistake.expected}`;
    throw new CommandError(`${file} is not JSON${where}${expected}.`, { code: 'not_json' });
  }
}
