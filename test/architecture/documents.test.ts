import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)));
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, found]) => (found === undefined ? [] : [found]));
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

describe('the documents', () => {
  it('have an entry in the runbook for every code of a rejection or a failure, and for no other', () => {
    const rejections = all(read('domain/rejection.ts').split('interface')[0] ?? '', /'([a-z_]+)'/g);
    const code = [...sources('activities'), ...sources('workflows'), ...sources('store')].join('\n');
    const failures = [
      ...all(code, /\bstop\(\s*'([a-z_]+)'/g),
      ...all(code, /\bcode: '([a-z_]+)'/g),
      ...all(code, /\berror_code: '([a-z_]+)'/g),
      ...all(code, /'(connection_missing|needs_authorization)'/g),
    ];
    expect(sorted(all(read('docs/runbook.md'), /^### ([a-z_]+)$/gm))).toEqual(sorted([...rejections, ...failures]));
  });

  it('explain every setting in .env.example, and no other', () => {
    const known = all(read('runtime/config.ts'), /'([A-Z_]+)'/g);
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
      'ENCRYPTION_KEYS',
      'ADMIN_TOKEN',
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
