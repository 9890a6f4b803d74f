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
/** The schema of the Compose Specification, by which Docker Compose checks a file as well. */
const specification = join(require.resolve('dclint/package.json'), '../schemas/compose.schema.json');
const { services, secrets, configs, networks, volumes } = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const all = Object.entries(services);
const service = (name: string): Service => services[name] ?? {};
const ours = all.filter(([, { build }]) => build !== undefined);
const isOnce = ({ restart }: Service): boolean => restart?.startsWith('on-failure') ?? false;
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** What compose puts in when the shell sets nothing: `${NAME:-default}`. */
const filledIn = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  it('is what the Compose Specification allows', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true } });
    const schema = JSON.parse(readFileSync(specification, 'utf8')) as Record<string, unknown>;
    // It names draft 7 by an address that is not the draft's own.
    delete schema['$schema'];
    const validate = ajv.compile(schema);
    const mistakesOf = (file: object): unknown => (validate(file) ? [] : validate.errors);
    const file = parse(read('docker-compose.yml'), { merge: true }) as object;
    expect(mistakesOf(file)).toEqual([]);
    const wrong = { ...file, services: { ...services, api: { ...service('api'), port: 8080, secrets: 'all' } } };
    expect(mistakesOf(wrong)).toMatchObject([
      { instancePath: '/services/api' },
      { instancePath: '/services/api/secrets' },
    ]);
  });

  it('has the processes of Ledgerdesk, what they stand on, and the sandbox', () => {
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

  it('names only services, secrets, configs, networks and volumes that it has', () => {
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

  it('waits for one-shot jobs to end well and for servers to be healthy', () => {
    for (const [, { depends_on: after = {} }] of all) {
      for (const [name, { condition }] of Object.entries(after)) {
        const other = service(name);
        expect([name, condition]).toEqual([name, isOnce(other) ? 'service_completed_successfully' : 'service_healthy']);
      }
    }
  });

  it('has a health check for every server, but none for workers, since Temporal knows whether they ask for work', () => {
    const servers = all.filter(([name, each]) => !isOnce(each) && name !== 'worker');
    for (const [name, { healthcheck }] of servers) expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
  });

  it('runs our own processes without rights, on a read-only file system, as commands of one image', () => {
    expect(sorted(ours.map(([name]) => name))).toEqual(['api', 'sandbox', 'worker']);
    for (const [, each] of ours) {
      expect(each).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'] });
    }
    const product = ours.filter(([name]) => name !== 'sandbox');
    for (const [, { command = [] }] of product) {
      const entry = command.find((part) => part.startsWith('dist/')) ?? '';
      expect(existsSync(join(ROOT, entry.replace('dist/', '').replace(/\.js$/, '.ts')))).toBe(true);
    }
    expect(new Set(product.map(([, { image }]) => image)).size).toBe(1);
    expect(read('Dockerfile')).toMatch(/^USER 1000:1000$/m);
  });

  it('builds the sandbox as an image of its own, and the image of the product without it, the demo and the bench', () => {
    expect(service('sandbox').image).not.toBe(service('api').image);
    const { include } = JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] };
    expect(include).toEqual(expect.arrayContaining(['api', 'workers', 'cli']));
    for (const folder of ['sandbox', 'demo', 'bench', 'test']) expect(include).not.toContain(folder);
    const [, product = ''] = read('Dockerfile').split(/^FROM \$\{NODE_IMAGE\}$/m);
    expect(product).not.toMatch(/^COPY.*\b(?:sandbox|demo|bench)\b/m);
  });

  it('lets workers be scaled: they publish no port and have no fixed name', () => {
    expect(service('worker')).not.toHaveProperty('ports');
    for (const [, { container_name: name }] of all) expect(name).toBeUndefined();
  });

  it('holds no secret: they come from files that are neither in git nor in the image', () => {
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

  it('publishes nothing but on the loopback address, and PostgreSQL nowhere', () => {
    for (const [, { ports = [] }] of all) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(sorted(all.filter(([, { ports }]) => ports).map(([name]) => name))).toEqual(['api', 'temporal-ui']);
    expect(service('postgresql').networks).toEqual(['data']);
    expect(networks['data']?.internal).toBe(true);
  });

  it('lets workers serve their metrics to every network that they are in, on a port that is published nowhere', () => {
    const { environment = {}, networks: of } = service('worker');
    expect(loadConfig({ LEDGERDESK_WORKER_METRICS: environment['LEDGERDESK_WORKER_METRICS'] }).workerMetrics).toBe(
      '0.0.0.0:9464',
    );
    expect(of).toContain('data');
    for (const [, { ports = [] }] of all) for (const port of ports) expect(port).not.toContain('9464');
  });

  it('gives our processes settings that Ledgerdesk knows', () => {
    for (const name of ['api', 'worker']) {
      const { environment = {} } = service(name);
      const plain = Object.entries(environment).filter(([key]) => !key.endsWith('_FILE'));
      const env = Object.fromEntries(plain.map(([key, value]) => [key, filledIn(value)]));
      expect(loadConfig(env)).toMatchObject({ temporalConfigured: true });
      const files = Object.keys(environment).filter((key) => key.endsWith('_FILE'));
      const wanted = ['DATABASE_URL_FILE', 'LEDGERDESK_ENCRYPTION_KEYS_FILE'];
      expect(sorted(files)).toEqual(sorted(name === 'api' ? [...wanted, 'LEDGERDESK_ADMIN_TOKEN_FILE'] : wanted));
    }
  });

  it('lets pages of its Web UI ask the codec endpoint, whose address stands in .env or nowhere', () => {
    const origins = loadConfig({
      LEDGERDESK_UI_ORIGIN: filledIn(service('api').environment?.['LEDGERDESK_UI_ORIGIN'] ?? ''),
    }).uiOrigins;
    const [at = ''] = service('temporal-ui').ports ?? [];
    expect(origins).toContain(`http://${at.slice(0, at.lastIndexOf(':'))}`);
    expect(service('temporal-ui').environment?.['TEMPORAL_CODEC_ENDPOINT']).toBe('${TEMPORAL_CODEC_ENDPOINT:-}');
    expect(read('.gitignore')).toMatch(/^\.env$/m);
  });

  it('does not use the image that sets itself up, which is no longer built', () => {
    for (const [, { image }] of all) expect(image).not.toContain('auto-setup');
  });

  it('says in the operating page how each secret is made', () => {
    for (const { file } of Object.values(secrets))
      expect(read('docs/operating.md')).toContain(file.replace('.secrets/', ''));
  });
});
