import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, requireSettings } from '../../../runtime/config/config.ts';
import type { Env } from '../../../runtime/config/config.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 9).toString('base64');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function linesOf(env: Env): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

function fileWith(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('loadConfig', () => {
  it('has the documented defaults for an empty environment', () => {
    expect(loadConfig({})).toEqual({
      dataDir: resolve('.ledgerdesk'),
      host: '127.0.0.1',
      port: 8080,
      allowHosts: [],
      noProxy: [],
      uiOrigins: [],
      logLevel: 'info',
      retentionDays: 90,
      encryptionKeysGenerated: false,
      isTraced: false,
      temporalConfigured: false,
    });
  });

  it('reads all documented settings', () => {
    const config = loadConfig({
      LEDGERDESK_DATA_DIR: '/data',
      LEDGERDESK_HOST: '::1',
      LEDGERDESK_PORT: '0',
      LEDGERDESK_PUBLIC_URL: 'https://desk.example.com/base/',
      LEDGERDESK_URL: 'http://127.0.0.1:8080',
      LEDGERDESK_ENCRYPTION_KEYS: `new:${KEY}, old:${OTHER_KEY}`,
      LEDGERDESK_ADMIN_TOKEN: 'token-of-the-admin',
      LEDGERDESK_ALLOW_HOSTS: 'Localhost:4010, 127.0.0.1:4011,[::1]:80',
      LEDGERDESK_UI_ORIGIN: 'https://Temporal.example.com, http://127.0.0.1:8233/',
      LEDGERDESK_WORKER_METRICS: '[::1]:9464',
      LEDGERDESK_ALERT_URL: 'https://alerts.example.com/hook',
      LEDGERDESK_ALERT_SECRET: 'signing',
      LEDGERDESK_RETENTION_DAYS: '30',
      LEDGERDESK_WORKER_VERSION: '2026.11.1-a4f',
      LEDGERDESK_LOG_LEVEL: 'debug',
      DATABASE_URL: 'postgres://u:p@db:5432/ledgerdesk',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      TEMPORAL_ADDRESS: 'temporal:7233',
    });
    expect(config).toMatchObject({
      dataDir: '/data',
      host: '::1',
      port: 0,
      publicUrl: 'https://desk.example.com/base',
      allowHosts: ['localhost:4010', '127.0.0.1:4011', '[::1]:80'],
      uiOrigins: ['https://temporal.example.com', 'http://127.0.0.1:8233'],
      workerMetrics: '[::1]:9464',
      alertUrl: 'https://alerts.example.com/hook',
      retentionDays: 30,
      workerVersion: '2026.11.1-a4f',
      logLevel: 'debug',
      isTraced: true,
      temporalConfigured: true,
    });
    expect(config.encryptionKeys?.map(({ id, key }) => [id, key.length])).toEqual([
      ['new', 32],
      ['old', 32],
    ]);
    expect(config.databaseUrl?.reveal()).toBe('postgres://u:p@db:5432/ledgerdesk');
    expect(config.adminToken?.reveal()).toBe('token-of-the-admin');
    expect(config.alertSecret?.reveal()).toBe('signing');
  });

  it('reads the proxy by both names, and prefers the lower-case one, as other programs do', () => {
    const upper = loadConfig({ HTTPS_PROXY: 'http://proxy.corp:3128', NO_PROXY: 'a.test, .b.test  10.0.0.1' });
    expect(upper.httpsProxy?.reveal()).toBe('http://proxy.corp:3128');
    expect(upper.noProxy).toEqual(['a.test', '.b.test', '10.0.0.1']);
    const both = loadConfig({ HTTPS_PROXY: 'http://upper:1', https_proxy: 'u:p%40@lower:2', no_proxy: 'c.test' });
    expect(both.httpsProxy?.reveal()).toBe('http://u:p%40@lower:2');
    expect(both.noProxy).toEqual(['c.test']);
    expect(loadConfig({ HTTPS_PROXY: 'http://upper:1', https_proxy: '' }).httpsProxy?.reveal()).toBe('http://upper:1');
    expect(inspect(both)).not.toContain('lower');
  });

  it('ignores empty values, which compose files contain', () => {
    expect(loadConfig({ LEDGERDESK_PUBLIC_URL: '', DATABASE_URL: ' ', TEMPORAL_ADDRESS: '' })).toEqual(loadConfig({}));
  });

  it('reads a secret from the file of its _FILE setting', () => {
    const config = loadConfig({
      DATABASE_URL_FILE: fileWith('url', 'postgres://u:p@db/l\n'),
      LEDGERDESK_ADMIN_TOKEN_FILE: fileWith('token', 'from-a-file\n'),
      LEDGERDESK_ENCRYPTION_KEYS_FILE: fileWith('keys', `k1:${KEY}\n`),
      LEDGERDESK_ALERT_URL: 'https://alerts.example.com',
      LEDGERDESK_ALERT_SECRET_FILE: fileWith('alert-secret', 'signing\n'),
    });
    expect(config.alertSecret?.reveal()).toBe('signing');
    expect(config.databaseUrl?.reveal()).toBe('postgres://u:p@db/l');
    expect(config.adminToken?.reveal()).toBe('from-a-file');
    expect(config.encryptionKeys?.[0].id).toBe('k1');
    expect(config.encryptionKeysGenerated).toBe(false);
  });

  it('distinguishes the generated key file of the data directory from an operator’s', () => {
    const file = fileWith('encryption-keys', `k1:${KEY}`);
    const env = { LEDGERDESK_DATA_DIR: folder, LEDGERDESK_ENCRYPTION_KEYS_FILE: file };
    expect(loadConfig(env).encryptionKeysGenerated).toBe(true);
  });

  it.each([
    ['LEDGERDESK_PORT', '80a', /whole number from 0 to 65535/],
    ['LEDGERDESK_PORT', '65536', /whole number/],
    ['LEDGERDESK_PORT', '-1', /whole number/],
    ['LEDGERDESK_HOST', 'http://localhost', /host name or an IP address/],
    ['LEDGERDESK_PUBLIC_URL', 'desk.example.com', /http or https URL/],
    ['LEDGERDESK_PUBLIC_URL', 'https://u:p@desk.example.com', /without credentials/],
    ['LEDGERDESK_PUBLIC_URL', 'https://desk.example.com/?a=1', /without credentials, query/],
    ['LEDGERDESK_URL', 'ftp://x', /http or https URL/],
    ['LEDGERDESK_ALLOW_HOSTS', 'http://a', /host or host:port/],
    ['LEDGERDESK_ALLOW_HOSTS', 'a:70000', /host or host:port/],
    ['LEDGERDESK_UI_ORIGIN', 'https://temporal.example.com/ui', /origins/],
    ['LEDGERDESK_UI_ORIGIN', '*', /origins/],
    ['LEDGERDESK_UI_ORIGIN', 'ftp://temporal.example.com', /origins/],
    ['LEDGERDESK_WORKER_METRICS', 'localhost:9464', /IP address and a port/],
    ['LEDGERDESK_WORKER_METRICS', '10.20.30.40', /IP address and a port/],
    ['LEDGERDESK_WORKER_METRICS', '127.0.0.1:0', /IP address and a port/],
    ['LEDGERDESK_WORKER_METRICS', '127.0.0.256:9464', /IP address and a port/],
    ['LEDGERDESK_LOG_LEVEL', 'loud', /one of fatal, error/],
    ['LEDGERDESK_RETENTION_DAYS', '0', /whole number from 1/],
    ['LEDGERDESK_RETENTION_DAYS', '1.5', /whole number from 1/],
    ['LEDGERDESK_ALERT_SECRET', 'whsec_not-base64', /rest must be base64/],
    ['LEDGERDESK_WORKER_VERSION', 'release 2', /build id/],
    ['LEDGERDESK_WORKER_VERSION', 'a'.repeat(64), /build id/],
    ['LEDGERDESK_ADMIN_TOKEN', 'two words', /without blanks/],
    ['LEDGERDESK_ENCRYPTION_KEYS', 'k1:c2hvcnQ=', /base64\(32 bytes\)/],
    ['LEDGERDESK_ENCRYPTION_KEYS', `k1:${KEY},k1:${OTHER_KEY}`, /twice/],
    ['LEDGERDESK_ENCRYPTION_KEYS', KEY, /id:base64/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', /http or https URL/],
    ['DATABASE_URL', 'mysql://db/l', /postgres:\/\//],
    ['HTTPS_PROXY', 'socks5://proxy:1080', /HTTP proxy/],
    ['HTTPS_PROXY', 'http://proxy:3128/proxy.pac', /HTTP proxy/],
    ['HTTPS_PROXY', 'http://user:100%zz@proxy:3128', /special characters encoded/],
  ])('rejects %s=%s with one line that contains the name but not the value', (name, value, reason) => {
    const lines = linesOf({ [name]: value });
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^${name} .*\\.$`))]);
    expect(lines[0]).toMatch(reason);
    if (value.length > 5) expect(lines[0]).not.toContain(value);
  });

  it('accepts plain HTTP for alerts only with an allowed host', () => {
    const env = {
      LEDGERDESK_ALERT_URL: 'http://127.0.0.1:9000/hook',
      LEDGERDESK_ALERT_SECRET: 'signing',
      LEDGERDESK_ALLOW_HOSTS: '127.0.0.1:9000',
    };
    expect(loadConfig(env).alertUrl).toBe('http://127.0.0.1:9000/hook');
    expect(linesOf({ ...env, LEDGERDESK_ALLOW_HOSTS: '127.0.0.1:9001' })).toHaveLength(1);
  });

  it('rejects an alert URL without https, and an alert URL without a signing secret', () => {
    const signed = { LEDGERDESK_ALERT_SECRET: 'signing' };
    expect(linesOf({ ...signed, LEDGERDESK_ALERT_URL: 'http://alerts.example.com' })).toEqual([
      'LEDGERDESK_ALERT_URL must be an https URL without credentials.',
    ]);
    expect(linesOf({ LEDGERDESK_ALERT_URL: 'https://alerts.example.com' })).toEqual([
      'LEDGERDESK_ALERT_SECRET is not set, but LEDGERDESK_ALERT_URL needs it, because alerts are signed.',
    ]);
  });

  it('reports unknown settings, duplicate settings and unreadable files together', () => {
    const lines = linesOf({
      LEDGERDESK_PROT: '1',
      LEDGERDESK_DEBUG: '1',
      LEDGERDESK_PORT: 'x',
      DATABASE_URL: 'postgres://u:p@db/l',
      DATABASE_URL_FILE: fileWith('url', 'postgres://u:p@db/l'),
      LEDGERDESK_ADMIN_TOKEN_FILE: join(folder, 'absent'),
      LEDGERDESK_ENCRYPTION_KEYS_FILE: fileWith('empty', '\n'),
    });
    expect(lines).toEqual([
      'LEDGERDESK_DEBUG is not a setting of Ledgerdesk; see .env.example for all settings.',
      'LEDGERDESK_PROT is not a setting of Ledgerdesk; see .env.example for all settings.',
      expect.stringMatching(/^LEDGERDESK_PORT must be/),
      'DATABASE_URL and DATABASE_URL_FILE are both set; set only one of them.',
      expect.stringMatching(/^LEDGERDESK_ENCRYPTION_KEYS .*file in LEDGERDESK_ENCRYPTION_KEYS_FILE is empty\.$/),
      expect.stringMatching(/^LEDGERDESK_ADMIN_TOKEN .*ENOENT/),
    ]);
  });

  it('redacts secrets in a printed configuration', () => {
    const config = loadConfig({
      LEDGERDESK_ENCRYPTION_KEYS: `k1:${KEY}`,
      LEDGERDESK_ADMIN_TOKEN: 'very-secret-token',
      DATABASE_URL: 'postgres://u:very-secret-pw@db/l',
    });
    const shown = inspect(config, { depth: 9 }) + JSON.stringify(config) + String(config.adminToken);
    expect(shown).not.toMatch(/very-secret|07 07|,7,7/);
    expect(shown).toContain('[redacted]');
  });
});

describe('requireSettings', () => {
  it('reports each missing setting in its own line', () => {
    const config = loadConfig({ LEDGERDESK_ADMIN_TOKEN: 'token' });
    expect(() => requireSettings(config, ['databaseUrl', 'encryptionKeys', 'adminToken'])).toThrow(
      'DATABASE_URL is not set.\nLEDGERDESK_ENCRYPTION_KEYS is not set.',
    );
    expect(requireSettings(config, ['adminToken']).adminToken.reveal()).toBe('token');
  });
});
