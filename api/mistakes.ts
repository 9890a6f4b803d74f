import type { z } from 'zod';
import type { Mistake } from './api-error.ts';

type Issue = z.core.$ZodIssue;

/**
 * Converts the errors of a schema into mistakes with paths. No message contains a value, because it may be a secret.
 */
export function mistakesOf(error: z.ZodError): Mistake[] {
  return error.issues.flatMap(describe);
}

function describe(issue: Issue): Mistake[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'is not a known key' }));
  const inner = issue.code === 'invalid_union' ? mistakesInside(issue) : undefined;
  return inner ?? [{ path, message: messageOf(issue) }];
}

/** Returns the mistakes inside the form of a union that the value has, undefined if it has none of the forms. */
function mistakesInside({ errors, path }: Issue & { readonly code: 'invalid_union' }): Mistake[] | undefined {
  const isInside = (issue: Issue): boolean => issue.path.length > 0 || issue.code === 'unrecognized_keys';
  const form = errors.find((issues) => issues.length > 0 && issues.every(isInside));
  return form?.flatMap((issue) => describe({ ...issue, path: [...path, ...issue.path] }));
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeMessage(issue);
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') {
    return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
  }
  if (issue.code === 'too_big') {
    if (issue.origin === 'string' || issue.origin === 'array') return `must not be longer than ${issue.maximum}`;
    return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
  }
  return issue.message;
}

/** Messages of our schemas are kept. The generic ones of zod are replaced. */
function typeMessage(issue: Issue & { readonly code: 'invalid_type' }): string {
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  if (/received (undefined|null)$/.test(issue.message)) return 'is missing';
  return `must be ${NOUNS[issue.expected] ?? issue.expected}`;
}
