import { resolve } from 'node:path';
import type { Mistake } from './failures.ts';
import { readTextFile } from './read-text-file.ts';

/** The sources of secrets. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that relative file paths refer to. */
  readonly directory: string;
}

/** A document with resolved secrets, and an error for each secret that is missing. */
export interface ResolvedDocument {
  readonly resolved: unknown;
  readonly mistakes: readonly Mistake[];
}

/**
 * Replaces all references `{"env": NAME}` and `{"file": PATH}` in a document by the secrets. White space and a byte
 * order mark around a secret are not part of it, and an empty secret counts as missing. The rest of the document is not
 * changed.
 */
export async function resolveSecrets(document: unknown, sources: SecretSources): Promise<ResolvedDocument> {
  const mistakes: Mistake[] = [];
  const visit = async (value: unknown, path: readonly string[]): Promise<unknown> => {
    if (typeof value !== 'object' || value === null) return value;
    const reference = secretReference(value);
    if (reference !== undefined) {
      const found = await readSecret(reference, sources);
      if (typeof found === 'string') return found;
      mistakes.push({ path: path.join('.'), message: found.missing });
      return null;
    }
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value)) members.push([name, await visit(member, [...path, name])]);
    return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
  };
  const resolved = await visit(document, []);
  return { resolved, mistakes };
}

interface SecretReference {
  readonly kind: 'env' | 'file';
  readonly name: string;
}

function secretReference(value: object): SecretReference | undefined {
  const [member, ...others] = Object.entries(value);
  if (member === undefined || others.length > 0) return undefined;
  const [kind, name] = member as [string, unknown];
  return (kind === 'env' || kind === 'file') && typeof name === 'string' ? { kind, name } : undefined;
}

async function readSecret(
  { kind, name }: SecretReference,
  sources: SecretSources,
): Promise<string | { missing: string }> {
  if (kind === 'env') {
    const value = sources.env[name];
    if (value === undefined) return { missing: `the environment variable ${name} is not set` };
    // `trim` also removes a byte order mark.
    return value.trim() === '' ? { missing: `the environment variable ${name} is empty` } : value.trim();
  }
  try {
    const secret = (await readTextFile(resolve(sources.directory, name))).trim();
    return secret === '' ? { missing: `the file ${name} is empty` } : secret;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { missing: `the file ${name} cannot be read (${code})` };
  }
}
