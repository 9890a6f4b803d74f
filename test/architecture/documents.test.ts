import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { knownEntities } from '../../domain/entities.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)));
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, found]) => (found === undefined ? [] : [found]));
const codesOf = (path: string, type: string): string[] =>
  all(new RegExp(`export type ${type} =([^;]+);`).exec(read(path))?.[1] ?? '', /'([a-z_]+)'/g);
const headingsOf = (text: string): string[] =>
  all(text, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
const pagesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const PAGES = [...pagesIn('.'), ...pagesIn('docs'), ...pagesIn('docs/decisions'), ...pagesIn('sandbox')];
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

describe('the documentation', () => {
  it('has a runbook entry for every code of a rejection, remark, note or failure, and no other entries', () => {
    const rejections = codesOf('domain/sync/rejection.ts', 'RejectionCode');
    const remarks = codesOf('domain/sync/rejection.ts', 'RemarkCode');
    const fieldProblems = codesOf('domain/sync/field-check.ts', 'FieldProblemCode');
    expect(rejections).toContain('name_ambiguous');
    expect(remarks).toContain('same_person');
    expect(fieldProblems).toContain('field_inactive');
    const held = codesOf('domain/review/held.ts', 'HeldCode');
    expect(held).toContain('limits_exceeded');
    const code = [...sources('activities'), ...sources('workflows'), ...sources('store')].join('\n');
    const failuresAndNotes = [
      ...all(code, /\bstop\(\s*'([a-z_]+)'/g),
      ...all(code, /\bcode: '([a-z_]+)'/g),
      ...all(code, /\berror_code(?::| =) '([a-z_]+)'/g),
      ...all(read('domain/sync/field-check.ts'), /\bcode: '([a-z_]+)'/g),
      ...all(read('domain/sync/tagging.ts'), /\bcode: '([a-z_]+)'/g),
      ...all(sources('domain/review').join('\n'), /\bcode: '([a-z_]+)'/g),
      ...all(read('domain/connection/not-annotated.ts'), /\bcode: '([a-z_]+)'/g),
      ...all(read('domain/connection/settings-pending.ts'), /\bcode: '([a-z_]+)'/g),
      ...all(read('api/admin/reused-numbers.ts'), /\bcode: '([a-z_]+)'/g),
      ...all(read('cli/connection-file.ts'), /'(not_text)'/g),
      ...all(code, /'(connection_missing|needs_authorization|refusal_unconfirmed)'/g),
    ];
    expect(sorted(all(read('docs/runbook.md'), /^### ([a-z_]+)$/gm))).toEqual(
      sorted([...rejections, ...remarks, ...fieldProblems, ...held, ...failuresAndNotes]),
    );
  });

  it('has each runbook entry once', () => {
    const entries = all(read('docs/runbook.md'), /^### ([a-z_]+)$/gm);
    expect(entries).toEqual([...new Set(entries)]);
  });

  it('links only to pages and headings that exist', () => {
    for (const page of PAGES) {
      for (const link of all(read(page), /\]\(((?!https?:)[^)]+)\)/g)) {
        const [path = '', anchor] = link.split('#');
        const text = read(path === '' ? page : join(dirname(page), path));
        if (anchor !== undefined) expect(headingsOf(text)).toContain(anchor);
      }
    }
  });

  it('has a row in docs/fields.md for every custom field, with title, type and F&O properties, and no other rows', () => {
    const text = read('docs/fields.md');
    const fields = knownEntities({ settings: TEST_SETTINGS, externalIdTemplate: '{accountNumber}' }).flatMap(
      ({ mapping }) => mapping.fields,
    );
    expect(sorted(all(text, /^\| `([a-z_]+)` +\|/gm))).toEqual(sorted(fields.map(({ key }) => key)));
    for (const { key, title, type, source } of fields) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${key}\` `));
      expect(row).toContain(`| ${title} `);
      expect(row).toContain(`| ${type} `);
      if ('from' in source) expect(row).toContain(`\`${source.from}\``);
    }
  });

  it('explains every setting in .env.example, and no others', () => {
    const names = all(read('runtime/config/config.ts'), /^ {2}((?:LEDGERDESK_|DATABASE_)[A-Z_]+):/gm);
    const withFile = all(read('runtime/config/environment.ts'), /'((?:LEDGERDESK_|DATABASE_)[A-Z_]+)'/g);
    const explained = all(read('.env.example'), /^# ((?:LEDGERDESK|DATABASE)_[A-Z_]+)=/gm);
    expect(names).toContain('LEDGERDESK_DATA_DIR');
    expect(sorted(explained.filter((name) => !name.endsWith('_FILE')))).toEqual(sorted(names));
    const files = explained.filter((name) => name.endsWith('_FILE'));
    expect(files.length).toBeGreaterThan(0);
    expect(withFile.map((name) => `${name}_FILE`)).toEqual(expect.arrayContaining(files));
  });

  it('describes every folder in ARCHITECTURE.md', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isDirectory() &&
          !entry.name.startsWith('.') &&
          !['node_modules', 'dist', 'coverage'].includes(entry.name),
      )
      .map(({ name }) => name);
    for (const folder of folders) expect(read('ARCHITECTURE.md')).toContain(`\`${folder}/\``);
  });
});
