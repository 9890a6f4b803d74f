import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../../api/api-error.ts';
import type { KnownConnection } from '../../api/connection-file/cross-check.ts';
import { readConnectionFile, type ConnectionFile } from '../../api/connection-file/read-file.ts';
import { createEgress } from '../../clients/egress.ts';
import { ANNOTATION_FIELDS } from '../../domain/support/annotation.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';
import { HOSTILE_ADDRESSES } from '../fixtures/hostile-addresses.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const FILE = {
  id: 'contoso',
  dynamics: {
    environmentUrl: 'https://contoso.operations.dynamics.com',
    tenantId: GUID,
    clientId: GUID,
    clientSecret: 'erp-secret',
  },
  zendesk: { subdomain: 'contoso' },
};

type Members = Readonly<Record<string, unknown>>;

function fileWith(change: { dynamics?: Members; zendesk?: Members; [key: string]: unknown }): unknown {
  const { dynamics, zendesk, ...rest } = change;
  return { ...FILE, ...rest, dynamics: { ...FILE.dynamics, ...dynamics }, zendesk: { ...FILE.zendesk, ...zendesk } };
}

function read(body: unknown, known?: KnownConnection): ConnectionFile {
  const egress = createEgress(['localhost:4100']);
  return readConnectionFile(body, { checkOrigin: (text, system) => egress.checkOrigin(text, system), known });
}

function refusalOf(body: unknown, known?: KnownConnection): ApiError {
  try {
    read(body, known);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}

const pathsOf = (body: unknown, known?: KnownConnection) =>
  (refusalOf(body, known).mistakes ?? []).map(({ path }) => path);

describe('a connection file', () => {
  it('removes white space and byte order marks around secrets', () => {
    const file = fileWith({
      dynamics: { clientSecret: '\u{feff} erp secret\r\n' },
      zendesk: { accessToken: '\t canary-token \n', webhookSecret: ' hook\u{feff}' },
    });
    expect(read(file).secrets).toEqual({
      'dynamics.clientSecret': 'erp secret',
      'zendesk.accessToken': 'canary-token',
      'zendesk.webhookSecret': 'hook',
    });
    expect(pathsOf(fileWith({ dynamics: { clientSecret: ' \u{feff}\n' } }))).toEqual(['dynamics.clientSecret']);
  });

  it('gets every default filled in', () => {
    const { settings, name, externalId, secrets } = read(FILE);
    expect(settings).toEqual({
      ...TEST_SETTINGS,
      review: undefined,
      dynamics: { ...TEST_SETTINGS.dynamics, clientId: GUID, legalEntities: [] },
      sync: { ...TEST_SETTINGS.sync, contacts: true },
    });
    expect({ name, externalId, secrets }).toEqual({
      name: 'contoso',
      externalId: undefined,
      secrets: { 'dynamics.clientSecret': 'erp-secret' },
    });
  });

  it('takes null and absent alike', () => {
    const nulls = fileWith({
      name: null,
      dynamics: { certificate: null, federatedTokenFile: null, legalEntities: null, events: null, entitySets: null },
      zendesk: { baseUrl: null, accessToken: null, refreshToken: null, grant: null, share: null },
      sync: null,
      annotation: { customers: null, vendors: { fields: null }, status: { escalated: null, active: null } },
      support: { since: null },
    });
    expect(read(nulls)).toEqual(read(FILE));
  });

  it('compares legal entities in lower case and reads durations as milliseconds', () => {
    const { settings } = read(
      fileWith({ dynamics: { legalEntities: ['USMF', 'frRT'] }, sync: { every: '7d', reconcileEvery: '90s' } }),
    );
    expect(settings.dynamics.legalEntities).toEqual(['usmf', 'frrt']);
    expect(settings.sync).toMatchObject({ everyMs: 604_800_000, reconcileEveryMs: 90_000 });
  });

  it('takes a host that the operator allows, whatever the subdomain', () => {
    const { settings } = read(fileWith({ zendesk: { baseUrl: 'http://localhost:4100/' } }));
    expect(settings.zendesk.baseUrl).toBe('http://localhost:4100');
  });

  it.each<[string, unknown, string]>([
    ['no object', 'text', ''],
    ['an unknown key', fileWith({ colour: 1 }), 'colour'],
    ['an unknown key that is null', fileWith({ sync: { often: null } }), 'sync.often'],
    ['an id in capitals', fileWith({ id: 'Contoso' }), 'id'],
    ['an id of 41 characters', fileWith({ id: 'a'.repeat(41) }), 'id'],
    ['a control character', fileWith({ name: 'a\u0000b' }), 'name'],
    ['a tenant that is no GUID', fileWith({ dynamics: { tenantId: 'contoso' } }), 'dynamics.tenantId'],
    ['a client id that is missing', fileWith({ dynamics: { clientId: null } }), 'dynamics.clientId'],
    ['a secret by env', fileWith({ dynamics: { clientSecret: { env: 'X' } } }), 'dynamics.clientSecret'],
    ['a secret by file', fileWith({ zendesk: { accessToken: { file: '/etc/passwd' } } }), 'zendesk.accessToken'],
    ['a token with a line end', fileWith({ zendesk: { accessToken: 'a\nb' } }), 'zendesk.accessToken'],
    ['no credential', fileWith({ dynamics: { clientSecret: null } }), 'dynamics'],
    ['two credentials', fileWith({ dynamics: { federatedTokenFile: '/var/token' } }), 'dynamics'],
    [
      'a certificate without its key',
      fileWith({ dynamics: { clientSecret: null, certificate: { thumbprintSha256: 'a'.repeat(64) } } }),
      'dynamics.certificate.privateKey',
    ],
    [
      'a foreign ERP host',
      fileWith({ dynamics: { environmentUrl: 'https://evil.example' } }),
      'dynamics.environmentUrl',
    ],
    [
      'a foreign authority',
      fileWith({ dynamics: { authorityHost: 'https://evil.example' } }),
      'dynamics.authorityHost',
    ],
    ['plain http', fileWith({ zendesk: { baseUrl: 'http://contoso.zendesk.com' } }), 'zendesk.baseUrl'],
    ["another subdomain's host", fileWith({ zendesk: { baseUrl: 'https://other.zendesk.com' } }), 'zendesk.baseUrl'],
    ['a subdomain that is a host', fileWith({ zendesk: { subdomain: 'a.zendesk.com' } }), 'zendesk.subdomain'],
    ['a share of all', fileWith({ zendesk: { share: 1 } }), 'zendesk.share'],
    ['an unknown grant', fileWith({ zendesk: { grant: 'password' } }), 'zendesk.grant'],
    ['a legal entity twice', fileWith({ dynamics: { legalEntities: ['usmf', 'USMF'] } }), 'dynamics.legalEntities'],
    ['a quote in a legal entity', fileWith({ dynamics: { legalEntities: ["a'b"] } }), 'dynamics.legalEntities.0'],
    ['a template without the number', fileWith({ sync: { externalId: '{legalEntity}' } }), 'sync.externalId'],
    ['a duration under a minute', fileWith({ sync: { every: '59s' } }), 'sync.every'],
    ['a duration over a week', fileWith({ sync: { every: '8d' } }), 'sync.every'],
    ['a duration without unit', fileWith({ sync: { reconcileEvery: '15' } }), 'sync.reconcileEvery'],
    ['a text for a switch', fileWith({ sync: { customers: 'yes' } }), 'sync.customers'],
    [
      'an entity set with a slash',
      fileWith({ dynamics: { entitySets: { vendors: 'a/b' } } }),
      'dynamics.entitySets.vendors',
    ],
    [
      'an event about nothing known',
      fileWith({ dynamics: { events: { Changed: { record: 'invoice', legalEntity: 'A', key: 'B' } } } }),
      'dynamics.events.Changed.record',
    ],
    ['an unknown mode', fileWith({ annotation: { vendors: { mode: 'erase' } } }), 'annotation.vendors.mode'],
    ['a date that is none', fileWith({ support: { since: 'yesterday' } }), 'support.since'],
    ['a day that does not exist', fileWith({ support: { since: '2026-02-30' } }), 'support.since'],
    ['a date before all tickets', fileWith({ support: { since: '1969-12-31' } }), 'support.since'],
    ['an unknown status', fileWith({ annotation: { status: { angry: { open: 1 } } } }), 'annotation.status.angry'],
    [
      'a rule for an unknown count',
      fileWith({ annotation: { status: { escalated: { solved: 1 } } } }),
      'annotation.status.escalated.solved',
    ],
    [
      'a rule that always holds',
      fileWith({ annotation: { status: { active: { pending: 0 } } } }),
      'annotation.status.active.pending',
    ],
    [
      'a rule by a fraction',
      fileWith({ annotation: { status: { active: { onHold: 1.5 } } } }),
      'annotation.status.active.onHold',
    ],
    ['a rule that is a number', fileWith({ annotation: { status: { active: 3 } } }), 'annotation.status.active'],
    [
      'a typed field for what no annotation says',
      fileWith({ annotation: { customers: { fields: { mood: 'AbcMood', status: 'AbcStatus' } } } }),
      'annotation.customers.fields.mood',
    ],
    [
      'a typed field without a name',
      fileWith({ annotation: { vendors: { fields: { status: 'Abc/Status' } } } }),
      'annotation.vendors.fields.status',
    ],
    ['no typed field at all', fileWith({ annotation: { customers: { fields: {} } } }), 'annotation.customers.fields'],
    [
      'no room for an annotation',
      fileWith({ annotation: { vendors: { maxLength: 0 } } }),
      'annotation.vendors.maxLength',
    ],
    ['an annotation that is neither an object nor off', fileWith({ annotation: true }), 'annotation'],
    ['an annotation of a kind that is on', fileWith({ annotation: { customers: true } }), 'annotation.customers'],
    ['an unknown key of an annotation', fileWith({ annotation: { customer: false } }), 'annotation.customer'],
  ])('is refused for %s, by its path', (_what, body, path) => {
    expect(pathsOf(body)).toEqual([path]);
  });

  it.each(HOSTILE_ADDRESSES)('is refused for an address of %s that is none: %s, by its path', (system, address) => {
    const place = {
      dynamics: { body: fileWith({ dynamics: { environmentUrl: address } }), path: 'dynamics.environmentUrl' },
      entra: { body: fileWith({ dynamics: { authorityHost: address } }), path: 'dynamics.authorityHost' },
      zendesk: { body: fileWith({ zendesk: { baseUrl: address } }), path: 'zendesk.baseUrl' },
    }[system];
    expect(new Set(pathsOf(place.body))).toEqual(new Set([place.path]));
  });

  it('takes rules and typed fields of the annotation as they are named, without what is null', () => {
    const fields = { status: 'AbcStatus', openTickets: 'AbcOpen', oldestOpenSince: null };
    const status = { escalated: { urgent: 2, open: null, contactsWithOpen: 3 }, active: {} };
    const { settings } = read(
      fileWith({
        annotation: { customers: { entitySet: 'AbcCustomers', fields }, status },
        support: { since: '2026-01-31' },
      }),
    );
    expect(settings.annotation.customers).toEqual({
      ...TEST_SETTINGS.annotation.customers,
      entitySet: 'AbcCustomers',
      fields: { status: 'AbcStatus', openTickets: 'AbcOpen' },
    });
    expect(settings.annotation.status).toEqual({ escalated: { urgent: 2, contactsWithOpen: 3 }, active: {} });
    expect(settings.support).toEqual({ since: '2026-01-31' });
  });

  it('switches annotations off with false, all of them or those of a kind', () => {
    const off = { customers: false, vendors: false, status: {} };
    expect(read(fileWith({ annotation: false })).settings.annotation).toEqual(off);
    expect(read(fileWith({ annotation: { customers: false } })).settings.annotation).toEqual({
      ...TEST_SETTINGS.annotation,
      customers: false,
    });
  });

  it('takes every name of a typed field that an annotation knows', () => {
    const fields = Object.fromEntries(ANNOTATION_FIELDS.map((name) => [name, `Abc_${name}`]));
    const { vendors } = read(fileWith({ annotation: { vendors: { fields } } })).settings.annotation;
    expect(vendors).toMatchObject({ fields });
  });

  it('names every mistake at once, one line each, and never repeats a secret', () => {
    const body = fileWith({
      id: '-',
      dynamics: { tenantId: 'x', federatedTokenFile: '/t' },
      zendesk: { accessToken: 'tok en', baseUrl: 'https://other.zendesk.com' },
      sync: { every: 'soon' },
      extra: true,
    });
    const { message, status, code } = refusalOf(body);
    expect({ status, code }).toEqual({ status: 422, code: 'connection_refused' });
    expect(message.split('\n').map((line) => line.split(':')[0])).toEqual([
      'id',
      'dynamics.tenantId',
      'zendesk.accessToken',
      'sync.every',
      'extra',
      'dynamics',
      'zendesk.baseUrl',
    ]);
    expect(message).not.toContain('tok en');
    expect(message).not.toContain('erp-secret');
  });

  it('may leave out the credential when it is applied again, and keeps what names the stored one', () => {
    const stored = { ...TEST_SETTINGS.dynamics, certificateThumbprintSha256: 'ab'.repeat(32) };
    const known = { settings: { ...TEST_SETTINGS, dynamics: stored }, secrets: new Set<never>() };
    const again = fileWith({ dynamics: { clientSecret: null } });
    expect(read(again, known).settings.dynamics.certificateThumbprintSha256).toBe('ab'.repeat(32));
    expect(read(FILE, known).settings.dynamics.certificateThumbprintSha256).toBeUndefined();
  });
});
