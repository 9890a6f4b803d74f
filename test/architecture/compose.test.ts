import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { loadConfig } from '../../runtime/config/config.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly container_name?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly secrets?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const require = createRequire(import.meta.url);
/** The schema of the Compose Specification, which Docker Compose also validates files with. */
const specification = join(require.resolve('dclint/package.json'), '../schemas/compose.schema.json');
const { services, secrets, configs, networks, volumes } = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const all = Object.entries(services);
const service = (name: string): Service => services[name] ?? {};
const built = all.filter(([, { build }]) => build !== undefined);
const isOnce = ({ restart }: Service): boolean => restart?.startsWith('on-failure') ?? false;
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Replaces `${NAME:-default}` by the default, as compose does for a variable that is not set. */
const withDefaults = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  it('conforms to the Compose Specification', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true } });
    const schema = JSON.parse(readFileSync(specification, 'utf8')) as Record<string, unknown>;
    // The schema refers to draft 7 with a URL that Ajv does not know.
    delete schema['$schema'];
    const validate = ajv.compile(schema);
    const errorsOf = (file: object): unknown => (validate(file) ? [] : validate.errors);
    const file = parse(read('docker-compose.yml'), { merge: true }) as object;
    expect(errorsOf(file)).toEqual([]);
    const invalid = { ...file, services: { ...services, api: { ...service('api'), port: 8080, secrets: 'all' } } };
    expect(errorsOf(invalid)).toMatchObject([
      { instancePath: '/services/api' },
      { instancePath: '/services/api/secrets' },
    ]);
  });

  it('has the processes of Ledgerdesk, the servers that they need, and the sandbox', () => {
    expect(sorted(Object.keys(services))).toEqual(
      sorted([
        ...['api', 'worker', 'sandbox', 'postgresql'],
        ...['temporal', 'temporal-schema', 'temporal-namespace', 'temporal-ui'],
      ]),
    );
  });

  it('pins every image to an exact version', () => {
    for (const [name, { image }] of all)
      expect([name, image]).toEqual([name, expect.stringMatching(/:\d+\.\d+[\w.-]*$/)]);
    expect(read('Dockerfile')).toMatch(/^ARG NODE_IMAGE=node:24\.\d+\.\d+-/m);
  });

  it('refers only to services, secrets, configs, networks and volumes that it defines', () => {
    for (const [, { depends_on: after = {}, ...uses }] of all) {
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(after)));
      expect(Object.keys(secrets)).toEqual(expect.arrayContaining([...(uses.secrets ?? [])]));
      expect(Object.keys(configs)).toEqual(expect.arrayContaining((uses.configs ?? []).map(({ source }) => source)));
      expect(['default', ...Object.keys(networks)]).toEqual(expect.arrayContaining([...(uses.networks ?? [])]));
      const mounted = (uses.volumes ?? []).map((volume) => volume.split(':')[0]);
      expect(Object.keys(volumes)).toEqual(expect.arrayContaining(mounted));
    }
    expect(sorted(all.flatMap(([, { secrets: used = [] }]) => used))).toEqual(sorted(Object.keys(secrets)));
  });

  it('waits until one-shot jobs have succeeded and servers are healthy', () => {
    for (const [, { depends_on: after = {} }] of all) {
      for (const [name, { condition }] of Object.entries(after)) {
        const other = service(name);
        expect([name, condition]).toEqual([name, isOnce(other) ? 'service_completed_successfully' : 'service_healthy']);
      }
    }
  });

  it('has a health check for every server, but none for workers, since Temporal knows whether they poll', () => {
    const servers = all.filter(([name, each]) => !isOnce(each) && name !== 'worker');
    for (const [name, { healthcheck }] of servers) expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
  });

  it('runs the processes of the product unprivileged, on a read-only file system, as commands of one image', () => {
    expect(sorted(built.map(([name]) => name))).toEqual(['api', 'sandbox', 'worker']);
    for (const [, each] of built) {
      expect(each).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'] });
    }
    const product = built.filter(([name]) => name !== 'sandbox');
    for (const [, { command = [] }] of product) {
      const entry = command.find((part) => part.startsWith('dist/')) ?? '';
      expect(existsSync(join(ROOT, entry.replace('dist/', '').replace(/\.js$/, '.ts')))).toBe(true);
    }
    expect(new Set(product.map(([, { image }]) => image)).size).toBe(1);
    expect(read('Dockerfile')).toMatch(/^USER 1000:1000$/m);
  });

  it('builds the sandbox as a separate image, and the image of the product without sandbox, demo and bench', () => {
    expect(service('sandbox').image).not.toBe(service('api').image);
    const { include } = JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] };
    expect(include).toEqual(expect.arrayContaining(['api', 'workers', 'cli']));
    for (const folder of ['sandbox', 'demo', 'bench', 'test']) expect(include).not.toContain(folder);
    const [, product = ''] = read('Dockerfile').split(/^FROM \$\{NODE_IMAGE\}$/m);
    expect(product).not.toMatch(/^COPY.*\b(?:sandbox|demo|bench)\b/m);
  });

  it('allows scaling of workers, which publish no port and have no fixed name', () => {
    expect(service('worker')).not.toHaveProperty('ports');
    for (const [, { container_name: name }] of all) expect(name).toBeUndefined();
  });

  it('contains no secret, since secrets come from files that are neither in git nor in the image', () => {
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.secrets\//);
    expect(read('.gitignore')).toMatch(/^\.secrets\/$/m);
    expect(read('.dockerignore').split('\n')).toContain('*');
    for (const [name, { environment = {} }] of all) {
      const suspicious = Object.entries(environment).filter(([key]) =>
        /PASS|PWD|TOKEN|SECRET|KEY|DATABASE_URL/.test(key),
      );
      for (const [key, value] of suspicious)
        expect([name, key, value]).toEqual([name, key, expect.stringMatching(/^\/run\/secrets\//)]);
      for (const value of Object.values(environment)) {
        const file = /^\/run\/secrets\/(.+)$/.exec(value)?.[1];
        if (file !== undefined) expect(service(name).secrets).toContain(file);
      }
    }
  });

  it('publishes ports only on the loopback address, and never the port of PostgreSQL', () => {
    for (const [, { ports = [] }] of all) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(sorted(all.filter(([, { ports }]) => ports).map(([name]) => name))).toEqual(['api', 'temporal-ui']);
    expect(service('postgresql').networks).toEqual(['data']);
    expect(networks['data']?.internal).toBe(true);
  });

  it('has workers serve metrics to all their networks, on a port that is not published', () => {
    const { environment = {}, networks: of } = service('worker');
    expect(loadConfig({ LEDGERDESK_WORKER_METRICS: environment['LEDGERDESK_WORKER_METRICS'] }).workerMetrics).toBe(
      '0.0.0.0:9464',
    );
    expect(of).toContain('data');
    for (const [, { ports = [] }] of all) for (const port of ports) expect(port).not.toContain('9464');
  });

  it('passes only known settings to the processes of the product', () => {
    for (const name of ['api', 'worker']) {
      const { environment = {} } = service(name);
      const plain = Object.entries(environment).filter(([key]) => !key.endsWith('_FILE'));
      const env = Object.fromEntries(plain.map(([key, value]) => [key, withDefaults(value)]));
      expect(loadConfig(env)).toMatchObject({ temporalConfigured: true });
      const files = Object.keys(environment).filter((key) => key.endsWith('_FILE'));
      const wanted = ['DATABASE_URL_FILE', 'LEDGERDESK_ENCRYPTION_KEYS_FILE'];
      expect(sorted(files)).toEqual(sorted(name === 'api' ? [...wanted, 'LEDGERDESK_ADMIN_TOKEN_FILE'] : wanted));
    }
  });

  it('allows pages of its Web UI to call the codec endpoint, whose address is set only in .env', () => {
    const origins = loadConfig({
      LEDGERDESK_UI_ORIGIN: withDefaults(service('api').environment?.['LEDGERDESK_UI_ORIGIN'] ?? ''),
    }).uiOrigins;
    const [at = ''] = service('temporal-ui').ports ?? [];
    expect(origins).toContain(`http://${at.slice(0, at.lastIndexOf(':'))}`);
    expect(service('temporal-ui').environment?.['TEMPORAL_CODEC_ENDPOINT']).toBe('${TEMPORAL_CODEC_ENDPOINT:-}');
    expect(read('.gitignore')).toMatch(/^\.env$/m);
  });

  it('does not use the auto-setup image, which is no longer maintained', () => {
    for (const [, { image }] of all) expect(image).not.toContain('auto-setup');
  });

  it('has instructions for each secret on the operating page', () => {
    for (const { file } of Object.values(secrets))
      expect(read('docs/operating.md')).toContain(file.replace('.secrets/', ''));
  });
});
