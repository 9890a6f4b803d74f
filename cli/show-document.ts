import { printable } from './printable.ts';

/** Returns a JSON document as indented `name: value` lines. */
export function showDocument(value: unknown, indent = ''): string {
  if (!isTree(value)) return `${indent}${showLeaf(value)}`;
  return entriesOf(value)
    .map(([name, member]) => {
      const label = Array.isArray(value) ? '-' : `${printable(name)}:`;
      if (!isTree(member)) return `${indent}${label} ${showLeaf(member)}`;
      if (entriesOf(member).length === 0) return `${indent}${label} none`;
      return `${indent}${label}\n${showDocument(member, `${indent}  `)}`;
    })
    .join('\n');
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function entriesOf(tree: object): [string, unknown][] {
  return Object.entries(tree) as [string, unknown][];
}

function showLeaf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
