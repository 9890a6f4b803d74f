import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeText, InvalidTextError } from './decode-text.ts';
import type { Mistake } from './failures.ts';
import { SAVE_AS_UTF_8 } from './read-text-file.ts';

/** The sources of secrets. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that relative file paths refer to. */
  readonly directory: string;
}

/**
 * A document with resolved secrets, an error for each secret that is missing, and a sentence for each one that was
 * surrounded by something that is not part of it.
 */
export interface ResolvedDocument {
  readonly resolved: unknown;
  readonly mistakes: readonly Mistake[];
  readonly notes: readonly string[];
}

/**
 * Replaces all references `{"env": NAME}` and `{"file": PATH}` in a document by the secrets. White space and a byte
 * order mark around a secret are not part of it, and an empty secret counts as missing. The rest of the document is not
 * changed.
 */
export async function resolveSecrets(document: unknown, sources: SecretSources): Promise<ResolvedDocument> {
  const mistakes: Mistake[] = [];
  const notes: string[] = [];
  const visit = async (value: unknown, path: readonly string[]): Promise<unknown> => {
    if (typeof value !== 'object' || value === null) return value;
    const reference = secretReference(value);
    if (reference !== undefined) {
      const found = await readSecret(reference, sources);
      const at = path.join('.');
      if ('missing' in found) {
        mistakes.push({ path: at, message: found.missing });
        return null;
      }
      if (found.isTrimmed) notes.push(`${at}: ${describe(reference)} has ${TRIMMED}.`);
      return found.secret;
    }
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value)) members.push([name, await visit(member, [...path, name])]);
    return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
  };
  const resolved = await visit(document, []);
  return { resolved, mistakes, notes };
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

const TRIMMED = 'white space or a byte order mark around the secret, which was removed';

/** A secret. `isTrimmed`: more than the line break at its end was removed. */
type FoundSecret = { readonly secret: string; readonly isTrimmed: boolean } | { readonly missing: string };

function describe({ kind, name }: SecretReference): string {
  return kind === 'env' ? `the environment variable ${name}` : `the file ${name}`;
}

async function readSecret(reference: SecretReference, sources: SecretSources): Promise<FoundSecret> {
  const { kind, name } = reference;
  if (kind === 'file') return readSecretFile(reference, resolve(sources.directory, name));
  const value = sources.env[name];
  return value === undefined ? { missing: `${describe(reference)} is not set` } : trimmed(reference, value);
}

async function readSecretFile(reference: SecretReference, path: string): Promise<FoundSecret> {
  try {
    const bytes = await readFile(path);
    const text = decodeText(bytes);
    const hasMark = !bytes.equals(Buffer.from(text));
    return trimmed(reference, text, hasMark);
  } catch (error) {
    if (error instanceof InvalidTextError)
      return { missing: `${describe(reference)} ${error.message}. ${SAVE_AS_UTF_8}` };
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { missing: `${describe(reference)} cannot be read (${code})` };
  }
}

function trimmed(reference: SecretReference, text: string, hasMark = false): FoundSecret {
  // `trim` also removes a byte order mark.
  const secret = text.trim();
  if (secret === '') return { missing: `${describe(reference)} is empty` };
  return { secret, isTrimmed: hasMark || text.replace(/\r?\n$/, '') !== secret };
}
