import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

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
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

describe('the documents', () => {
  it('have an entry in the runbook for every code of a rejection, a remark, a note or a failure, and for no other', () => {
    const [rejections, remarks] = ['RejectionCode', 'RemarkCode'].map((type) =>
      codesOf('domain/sync/rejection.ts', type),
    );
    expect(rejections).toContain('name_ambiguous');
    expect(remarks).toContain('same_person');
    const code = [...sources('activities'), ...sources('workflows'), ...sources('store')].join('\n');
    const failuresAndNotes = [
      ...all(code, /\bstop\(\s*'([a-z_]+)'/g),
      ...all(code, /\bcode: '([a-z_]+)'/g),
      ...all(code, /\berror_code: '([a-z_]+)'/g),
      ...all(code, /'(connection_missing|needs_authorization)'/g),
    ];
    expect(sorted(all(read('docs/runbook.md'), /^### ([a-z_]+)$/gm))).toEqual(
      sorted([...(rejections ?? []), ...(remarks ?? []), ...failuresAndNotes]),
    );
  });

  it('have each entry of the runbook once', () => {
    const entries = all(read('docs/runbook.md'), /^### ([a-z_]+)$/gm);
    expect(entries).toEqual([...new Set(entries)]);
  });

  it('point to pages and headings that exist', () => {
    for (const page of ['README.md', 'ARCHITECTURE.md', 'docs/runbook.md', 'docs/setup.md']) {
      for (const link of all(read(page), /\]\(((?!https?:)[^)]+)\)/g)) {
        const [path = '', anchor] = link.split('#');
        const text = read(join(dirname(page), path));
        if (anchor !== undefined) expect(headingsOf(text)).toContain(anchor);
      }
    }
  });

  it('explain every setting in .env.example, and no other', () => {
    const known = all(read('runtime/config/config.ts'), /'([A-Z_]+)'/g);
    const explained = all(read('.env.example'), /^# ((?:LEDGERDESK|TEMPORAL|DATABASE)_[A-Z_]+)=/gm);
    const ours = explained
      .filter((name) => name.startsWith('LEDGERDESK_'))
      .map((name) => name.slice('LEDGERDESK_'.length));
    for (const name of ours) expect(known).toContain(name);
    for (const name of [
      'DATA_DIR',
      'HOST',
      'PORT',
      'PUBLIC_URL',
      'URL',
      'ALLOW_HOSTS',
      'LOG_LEVEL',
      'RETENTION_DAYS',
      'WORKER_VERSION',
      'ENCRYPTION_KEYS',
      'ADMIN_TOKEN',
      'UI_ORIGIN',
      'WORKER_METRICS',
      'ALERT_URL',
      'ALERT_SECRET',
    ]) {
      expect(ours).toContain(name);
    }
  });

  it('have a sentence for every folder in ARCHITECTURE.md', () => {
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
