import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import type { AnnotationTarget } from '../../domain/support/annotation-target.ts';
import { reviewSettingsOf } from './review.ts';
import type { ParsedFile } from './schema.ts';

const QUARTER_HOUR_MS = 900_000;
const AUTHORITY_HOST = 'https://login.microsoftonline.com';
const ENTITY_SETS = { customers: 'CustomersV3', vendors: 'VendorsV2', contacts: 'ContactPersons' } as const;
const ANNOTATION = {
  customers: { entitySet: 'CustomersV3', field: 'SalesMemo', mode: 'block' },
  vendors: { entitySet: 'VendorsV2', field: 'Notes', mode: 'block' },
} as const;

/**
 * Converts a connection file into settings and fills in all defaults. The thumbprint or token file of the stored
 * credential is kept when the file has no credential.
 */
export function settingsOf(file: ParsedFile, stored: ConnectionSettings | undefined): ConnectionSettings {
  return {
    dynamics: dynamicsOf(file.dynamics, stored?.dynamics),
    zendesk: zendeskOf(file.zendesk),
    sync: syncOf(file.sync ?? {}),
    annotation: {
      customers: targetOf(file.annotation?.customers ?? {}, ANNOTATION.customers),
      vendors: targetOf(file.annotation?.vendors ?? {}, ANNOTATION.vendors),
      status: {
        ...optional('escalated', file.annotation?.status?.escalated),
        ...optional('active', file.annotation?.status?.active),
      },
    },
    support: optional('since', file.support?.since),
    ...optional('review', reviewSettingsOf(file.review)),
  };
}

type Dynamics = ConnectionSettings['dynamics'];

function dynamicsOf(file: ParsedFile['dynamics'], stored: Dynamics | undefined): Dynamics {
  return {
    environmentUrl: file.environmentUrl,
    tenantId: file.tenantId.toLowerCase(),
    clientId: file.clientId.toLowerCase(),
    authorityHost: file.authorityHost ?? AUTHORITY_HOST,
    legalEntities: file.legalEntities ?? [],
    ...credentialOf(file, stored),
    entitySets: {
      customers: file.entitySets?.customers ?? ENTITY_SETS.customers,
      vendors: file.entitySets?.vendors ?? ENTITY_SETS.vendors,
      contacts: file.entitySets?.contacts ?? ENTITY_SETS.contacts,
    },
    events: file.events ?? {},
  };
}

type CredentialSettings = Pick<Dynamics, 'certificateThumbprintSha256' | 'federatedTokenFile'>;

function credentialOf(file: ParsedFile['dynamics'], stored: Dynamics | undefined): CredentialSettings {
  if (file.certificate) return { certificateThumbprintSha256: file.certificate.thumbprintSha256.toLowerCase() };
  if (file.federatedTokenFile) return { federatedTokenFile: file.federatedTokenFile };
  if (file.clientSecret) return {};
  return {
    ...optional('certificateThumbprintSha256', stored?.certificateThumbprintSha256),
    ...optional('federatedTokenFile', stored?.federatedTokenFile),
  };
}

function zendeskOf(file: ParsedFile['zendesk']): ConnectionSettings['zendesk'] {
  return {
    subdomain: file.subdomain,
    baseUrl: file.baseUrl ?? `https://${file.subdomain}.zendesk.com`,
    ...optional('oauthClientId', file.oauthClientId),
    grant: file.grant ?? 'authorization_code',
    share: file.share ?? 0.25,
  };
}

function syncOf(file: NonNullable<ParsedFile['sync']>): ConnectionSettings['sync'] {
  return {
    customers: file.customers ?? true,
    vendors: file.vendors ?? true,
    contacts: file.contacts ?? true,
    adopt: file.adopt ?? 'by-name',
    contactExternalId: file.contactExternalId ?? '{legalEntity}:{contactId}',
    sharedMailbox: file.sharedMailbox ?? 'first',
    secondaryEmailVerified: file.secondaryEmailVerified ?? false,
    everyMs: file.every ?? QUARTER_HOUR_MS,
    reconcileEveryMs: file.reconcileEvery ?? QUARTER_HOUR_MS,
  };
}

type TargetInFile = NonNullable<NonNullable<ParsedFile['annotation']>['customers']>;

function targetOf(file: TargetInFile, defaults: AnnotationTarget): AnnotationTarget {
  return {
    entitySet: file.entitySet ?? defaults.entitySet,
    field: file.field ?? defaults.field,
    mode: file.mode ?? defaults.mode,
    ...optional('fields', file.fields),
    ...optional('maxLength', file.maxLength),
  };
}

function optional<Key extends string, T>(key: Key, value: T | null | undefined): Readonly<Partial<Record<Key, T>>> {
  return (value === null || value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<Key, T>>>;
}
