import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Mistake } from './failures.ts';

/** Where secrets are looked for. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What a secret's file is relative to. */
  readonly directory: string;
}

/** A document with its secrets in place, and the path of each that could not be had. */
export interface Resolution {
  readonly resolved: unknown;
  readonly mistakes: readonly Mistake[];
}

/**
 * Replaces `{"env": NAME}` and `{"file": PATH}` wherever they stand in the document by what they name. An empty secret
 * counts as missing; one line break at the end of a file is not part of the secret. Everything else stays as it is.
 */
export async function resolveSecrets(document: unknown, places: SecretPlaces): Promise<Resolution> {
  const mistakes: Mistake[] = [];
  const visit = async (value: unknown, path: readonly string[]): Promise<unknown> => {
    if (typeof value !== 'object' || value === null) return value;
    const form = secretForm(value);
    if (form !== undefined) {
      const found = await lookUp(form, places);
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

interface SecretForm {
  readonly kind: 'env' | 'file';
  readonly name: string;
}

function secretForm(value: object): SecretForm | undefined {
  const [member, ...others] = Object.entries(value);
  if (member === undefined || others.length > 0) return undefined;
  const [kind, name] = member as [string, unknown];
  return (kind === 'env' || kind === 'file') && typeof name === 'string' ? { kind, name } : undefined;
}

async function lookUp({ kind, name }: SecretForm, places: SecretPlaces): Promise<string | { missing: string }> {
  if (kind === 'env') {
    const value = places.env[name];
    if (value === undefined) return { missing: `the environment variable ${name} is not set` };
    return value === '' ? { missing: `the environment variable ${name} is empty` } : value;
  }
  try {
    const text = await readFile(resolve(places.directory, name), 'utf8');
    const secret = text.replace(/\r?\n$/, '');
    return secret === '' ? { missing: `the file ${name} is empty` } : secret;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { missing: `the file ${name} cannot be read (${code})` };
  }
}
