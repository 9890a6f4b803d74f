import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { TASK_QUEUE, WAKE_SIGNAL, WORKFLOW_TYPES } from '../../workflows/contract.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([whole, part]) => part ?? whole);
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

const page = read('docs/operating.md');
const sources = read('store/operations/metrics.ts') + read('api/metrics/schedule-states.ts');
const metrics = all(sources, /\bname: '([a-z_]+)'/g).map((name) => `ledgerdesk_${name}`);
const suffixes = { createCounter: '_total', createHistogram: '_seconds' };
const ofWorkers = Object.entries(suffixes).flatMap(([create, suffix]) =>
  all(read('workers/request-metrics.ts'), new RegExp(`${create}\\(\\s*'([a-z_]+)'`, 'g')).map((name) => name + suffix),
);
const everyMetric = [...metrics, ...ofWorkers];
const named = (text: string): string[] =>
  sorted(all(text, /\bledgerdesk_[a-z_]+/g).map((name) => name.replace(/(_seconds)_(bucket|count|sum)$/, '$1')));

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

describe('the operating page', () => {
  it('shows every task with both of Temporal’s tools', () => {
    const sections = page.split(/^(?=#{2,3} )/m).filter((section) => /^temporal /m.test(section));
    expect(sections.length).toBeGreaterThan(10);
    for (const section of sections) {
      const [heading] = section.split('\n');
      expect([heading, /^tctl /m.test(section)]).toEqual([heading, true]);
    }
  });

  it('uses only workflow types, signals and a task queue that exist', () => {
    const types = all(page, /--(?:type|workflow_type) (\w+) --task/g);
    expect(types.length).toBeGreaterThan(10);
    for (const type of types) expect(Object.values(WORKFLOW_TYPES)).toContain(type);
    for (const queue of all(page, /--task-?queue (\S+)/g)) expect(queue).toBe(TASK_QUEUE);
    for (const signal of all(page, /workflow signal .* --name (\S+)/g)) expect(signal).toBe(WAKE_SIGNAL);
  });

  it('explains every metric, and no others', () => {
    expect(ofWorkers).toHaveLength(2);
    expect(named(page)).toEqual(sorted(everyMetric));
  });
});

describe('the security page', () => {
  const security = read('docs/security.md');

  it('refers to existing tests for every promise', () => {
    const promises = security.split('\n').filter((line) => line.startsWith('| **'));
    expect(promises.length).toBeGreaterThan(5);
    for (const promise of promises) {
      const tests = all(promise, /`(test\/[\w/-]+\.test\.ts)`/g);
      expect([promise, tests.length > 0]).toEqual([promise, true]);
      for (const path of tests) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
    }
  });

  it('links only to pages and headings that exist, as the operating page does', () => {
    for (const at of ['docs/security.md', 'docs/operating.md']) {
      for (const link of all(read(at), /\]\(((?!https?:)[^)]+)\)/g)) {
        const [path = '', anchor] = link.split('#');
        const text = read(path === '' ? at : join(dirname(at), path));
        const headings = all(text, /^#+ (.+)$/gm).map((heading) => heading.toLowerCase().replace(/[^\w -]/g, ''));
        if (anchor !== undefined) expect(headings).toContain(anchor.replaceAll('-', ' '));
      }
    }
  });
});

describe('the alerts', () => {
  const { groups } = parse(read('docs/alerts/ledgerdesk.rules.yml')) as Rules;
  const rules = groups.flatMap((group) => group.rules);

  it('have distinct names, a summary and a description', () => {
    expect(sorted(rules.map(({ alert }) => alert))).toHaveLength(rules.length);
    for (const { labels, annotations } of rules) {
      expect(labels['severity']).toMatch(/^(critical|warning)$/);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'summary']);
    }
  });

  it('use metrics that exist', () => {
    expect(everyMetric).toEqual(expect.arrayContaining(named(rules.map(({ expr }) => expr).join('\n'))));
  });
});

describe('the dashboard', () => {
  it('shows every metric, and no others', () => {
    const { panels } = JSON.parse(read('docs/alerts/grafana.json')) as Dashboard;
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(named(shown.join('\n'))).toEqual(sorted(everyMetric));
  });
});
