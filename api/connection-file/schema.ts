import { z } from 'zod';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import { templateMistake } from '../../domain/sync/external-id.ts';
import type { Services } from '../../runtime/services.ts';
import { reviewSchema } from './review.ts';
import {
  annotationFields,
  connectionId,
  duration,
  guid,
  identifier,
  legalEntity,
  privateKey,
  secret,
  statusRule,
  text,
  token,
} from './fields.ts';

/** Checks an address in a connection file: returns its origin, or the reason why it is not allowed. */
export type CheckOrigin = Services['checkOrigin'];

/**
 * Creates the schema of a connection file. Unknown keys are rejected. A member that is null counts as absent. Defaults
 * are not filled in here. Each field is validated on its own, so that all errors are found at once.
 */
export function connectionFileSchema(checkOrigin: CheckOrigin) {
  const origin = (system: Parameters<CheckOrigin>[1]) => originField(checkOrigin, system);
  return z.strictObject({
    id: connectionId,
    name: text.nullish(),
    dynamics: z.strictObject({
      environmentUrl: origin('dynamics'),
      tenantId: guid,
      clientId: guid,
      clientSecret: secret.nullish(),
      certificate: certificate.nullish(),
      federatedTokenFile: z
        .string()
        .regex(/^[^\p{Cc}\p{Cs}]{1,4096}$/u, 'must be a path')
        .nullish(),
      authorityHost: origin('entra').nullish(),
      legalEntities: z.array(legalEntity).max(1_000).refine(areUnique, 'contains a legal entity twice').nullish(),
      entitySets: z
        .strictObject({
          customers: identifier.nullish(),
          vendors: identifier.nullish(),
          contacts: identifier.nullish(),
        })
        .nullish(),
      events: z.record(text, eventMapping).nullish(),
    }),
    zendesk: z.strictObject({
      subdomain: z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name before .zendesk.com, such as "contoso"'),
      baseUrl: origin('zendesk').nullish(),
      oauthClientId: text.nullish(),
      oauthClientSecret: secret.nullish(),
      grant: z.enum(['authorization_code', 'client_credentials']).nullish(),
      accessToken: token.nullish(),
      refreshToken: secret.nullish(),
      webhookSecret: secret.nullish(),
      share: z.number().min(0).lt(1).nullish(),
    }),
    sync: sync.nullish(),
    annotation: z
      .strictObject({
        customers: annotationTarget.nullish(),
        vendors: annotationTarget.nullish(),
        status: z.strictObject({ escalated: statusRule.nullish(), active: statusRule.nullish() }).nullish(),
      })
      .nullish(),
    review: reviewSchema.nullish(),
    support: z
      .strictObject({
        since: z
          .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date such as 2026-01-31')
          .refine((date) => Date.parse(date) >= 0, 'must not be before 1970-01-01')
          .nullish(),
      })
      .nullish(),
  });
}

/** A connection file that matches the schema. */
export type ParsedFile = z.output<ReturnType<typeof connectionFileSchema>>;

const certificate = z.strictObject({
  thumbprintSha256: z.string().regex(/^[0-9A-Fa-f]{64}$/, 'must be 64 hexadecimal digits'),
  privateKey: privateKey.nullish(),
});

const eventMapping = z.strictObject({
  record: z.enum(DEFAULT_KINDS),
  legalEntity: identifier,
  key: identifier,
});

const sync = z.strictObject({
  externalId: template(templateMistake).nullish(),
  contactExternalId: template(contactTemplateMistake).nullish(),
  customers: z.boolean().nullish(),
  vendors: z.boolean().nullish(),
  contacts: z.boolean().nullish(),
  adopt: z.enum(['by-name', 'never']).nullish(),
  sharedMailbox: z.enum(['first', 'reject']).nullish(),
  secondaryEmailVerified: z.boolean().nullish(),
  every: duration.nullish(),
  reconcileEvery: duration.nullish(),
});

const annotationTarget = z.strictObject({
  entitySet: identifier.nullish(),
  field: identifier.nullish(),
  mode: z.enum(['block', 'replace', 'append']).nullish(),
  fields: annotationFields.nullish(),
  maxLength: z.int().min(1).max(1_000_000).nullish(),
});

function originField(checkOrigin: CheckOrigin, system: Parameters<CheckOrigin>[1]) {
  return z.string().transform((value, context) => {
    const result = checkOrigin(value, system);
    if (result.ok) return result.origin;
    context.addIssue({ code: 'custom', message: result.reason });
    return z.NEVER;
  });
}

function template(check: (template: string) => string | undefined) {
  return text.superRefine((value, context) => {
    const message = check(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

function contactTemplateMistake(value: string): string | undefined {
  const rest = value.replaceAll('{legalEntity}', '').replaceAll('{contactId}', '');
  if (!value.includes('{contactId}')) return 'must contain {contactId}';
  return /[,{}]/.test(rest)
    ? 'may use only the placeholders {legalEntity} and {contactId}, and no comma or other brace'
    : undefined;
}

function areUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
