import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createAdminRoutes } from '../../api/admin/routes.ts';
import { ENDPOINTS } from '../../api/endpoints.ts';
import { createFailureLimit } from '../../api/failure-limit.ts';
import { createLog } from '../../runtime/log/log.ts';
import { createSecret } from '../../runtime/config/secret.ts';
import {
  createDocumentValidator,
  operationOf,
  operationsOf,
  type ApiDocument,
  type DocumentValidator,
} from '../fixtures/api-document.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const FILE = {
  id: 'contoso',
  dynamics: {
    environmentUrl: 'https://contoso.operations.dynamics.com',
    tenantId: GUID,
    clientId: GUID,
    clientSecret: 'erp-secret-1',
    legalEntities: ['usmf'],
  },
  zendesk: { subdomain: 'contoso' },
};

describe('the OpenAPI document', () => {
  let api: RunningApi;
  let document: ApiDocument;
  let contract: DocumentValidator;

  beforeAll(async () => {
    api = await startApi();
    document = (await api.ask('GET', '/api/openapi.json')).body as ApiDocument;
    contract = createDocumentValidator(document);
  });
  afterAll(() => api.close());

  /** What express has mounted, by its own account. */
  function mounted(): string[] {
    const { log } = createLog({ level: 'silent', pretty: false, write: () => undefined });
    const deps = { services: api.services, publicUrl: () => api.origin };
    const failures = createFailureLimit({ guard: 'test', log });
    const { stack } = createAdminRoutes(deps, ENDPOINTS, { token: createSecret('x'), log, failures });
    return stack.flatMap(({ route }) =>
      (route?.stack ?? [])
        .filter(({ method }) => method)
        .map(({ method }) => `${method.toUpperCase()} /api${route?.path.replaceAll(/:(\w+)/g, '{$1}') ?? ''}`),
    );
  }

  it('is a valid document of OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...document });
    expect(errors).toBeUndefined();
    expect([valid, validator.version, document.openapi]).toEqual([true, '3.1', '3.1.1']);
  });

  it('describes every route that is mounted, and no other', () => {
    const described = operationsOf(document).sort();
    expect(described).toContain('POST /api/connections/{id}/sync');
    expect([...new Set(mounted())].sort()).toEqual(described);
  });

  it('describes what is there: another method of a path is not possible, and what is described is', async () => {
    await api.ask('POST', '/api/connections', FILE);
    for (const path of Object.keys(document.paths)) {
      const described = operationsOf(document).flatMap((one) => (one.endsWith(` ${path}`) ? [one.split(' ')[0]] : []));
      const { status, headers } = await api.ask('PATCH', path.replaceAll(/\{\w+\}/g, 'nobody'));
      expect([path, status, headers.get('allow')?.split(', ')]).toEqual([path, 405, described]);
    }
  });

  it('names the scope that each route asks for, which is the narrowest that may', async () => {
    const tokens = new Map<string, string>();
    for (const scope of ['read', 'run'])
      tokens.set(scope, ((await api.ask('POST', '/api/tokens', { scope })).body as { token: string }).token);
    const ask = async (operation: string, scope: string) => {
      const [method = '', path = ''] = operation.split(' ');
      const headers = { authorization: `Bearer ${tokens.get(scope)}` };
      const at = path.replaceAll(/\{\w+\}/g, 'nobody');
      return api.askPlainly(method, at, { headers, ...(method !== 'GET' && { body: '{}' }) });
    };
    for (const operation of operationsOf(document)) {
      const described = operationOf(document, operation);
      const needed = described?.security[0]?.bearer[0];
      for (const scope of ['read', 'run']) {
        const mayAsk = needed === 'read' || needed === scope;
        const answer = await ask(operation, scope);
        expect([operation, scope, answer.status === 403]).toEqual([operation, scope, !mayAsk]);
        expect(contract.checkResponse(operation, answer)).toEqual([]);
      }
      expect([operation, Object.hasOwn(described?.responses ?? {}, '403')]).toEqual([operation, needed !== 'read']);
    }
  });

  it('describes parameters by the names of their paths, and refs that lead somewhere', () => {
    for (const operation of operationsOf(document)) {
      const described = operationOf(document, operation);
      const named = [...operation.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = described?.parameters.filter(({ in: place }) => place === 'path') ?? [];
      expect(inPath.map(({ name }) => name)).toEqual(named);
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
    const names = operationsOf(document).map((operation) => operationOf(document, operation)?.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
      expect([pointer, typeof target]).toEqual([pointer, 'object']);
    }
  });

  it.each([
    ['POST /api/connections', FILE, true],
    ['POST /api/connections', { ...FILE, id: 'Not An Id' }, false],
    ['POST /api/connections', { ...FILE, unknown: 1 }, false],
    ['POST /api/connections', { ...FILE, dynamics: { ...FILE.dynamics, clientSecret: { env: 'SECRET' } } }, false],
    ['POST /api/connections', { ...FILE, dynamics: { ...FILE.dynamics, tenantId: 'none' } }, false],
    ['POST /api/tokens', { scope: 'read' }, true],
    ['POST /api/tokens', { scope: 'root' }, false],
    ['POST /api/connections/contoso/schedule', { everyMs: 1 }, false],
    ['POST /api/connections/contoso/sync', { full: 'yes' }, false],
    ['POST /api/connections/contoso/retry', { keys: [''] }, false],
  ])('refuses what is refused by the API: %s %j', async (asked, body, isGood) => {
    const [method = '', path = ''] = asked.split(' ');
    const answer = await api.ask(method, path, body);
    expect([400, 422].includes(answer.status)).toBe(!isGood);
    const operation = asked.replace('/contoso', '/{id}');
    expect(contract.checkRequest(operation, body).length === 0).toBe(isGood);
    expect(contract.checkResponse(operation, answer)).toEqual([]);
  });

  it('describes a limit as a whole number, and marks secrets as never given back', () => {
    const { parameters } = operationOf(document, 'GET /api/audit') ?? { parameters: [] };
    expect(parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 999_999 },
    });
    const text = JSON.stringify(document);
    expect(text.match(/"writeOnly":true/g)).toHaveLength(6);
    expect(text).not.toContain('"readOnly"');
  });

  it('is shown to whoever has a token, and to nobody else', async () => {
    expect((await api.askPlainly('GET', '/api/openapi.json', {})).status).toBe(401);
    const answer = await api.ask('GET', '/api/openapi.json');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });
});
