import { z } from 'zod';
import { RULE_COUNTS } from '../../../domain/support/support-status.ts';
import { coded, time } from './list.ts';

const rule = z.partialRecord(z.enum(RULE_COUNTS), z.int().min(1));

const annotationTarget = z.strictObject({
  entitySet: z.string(),
  field: z.string(),
  mode: z.enum(['block', 'replace', 'append']),
  fields: z.record(z.string(), z.string()).optional(),
  maxLength: z.int().optional(),
});

const dynamics = z.strictObject({
  environmentUrl: z.string(),
  tenantId: z.string(),
  clientId: z.string(),
  authorityHost: z.string(),
  legalEntities: z.array(z.string()).readonly().describe('Empty: all legal entities that the ERP user can read.'),
  certificateThumbprintSha256: z.string().optional(),
  federatedTokenFile: z.string().optional(),
  entitySets: z.strictObject({ customers: z.string(), vendors: z.string(), contacts: z.string() }),
  events: z.record(
    z.string(),
    z.strictObject({
      record: z.string(),
      legalEntity: z.string(),
      key: z.string(),
    }),
  ),
});

const settings = z.strictObject({
  dynamics,
  zendesk: z.strictObject({
    subdomain: z.string(),
    baseUrl: z.string(),
    oauthClientId: z.string().optional(),
    grant: z.enum(['authorization_code', 'client_credentials']),
    share: z.number(),
  }),
  sync: z.strictObject({
    customers: z.boolean(),
    vendors: z.boolean(),
    contacts: z.boolean(),
    adopt: z.enum(['by-name', 'never']),
    contactExternalId: z.string(),
    sharedMailbox: z.enum(['first', 'reject']),
    secondaryEmailVerified: z.boolean(),
    everyMs: z.int(),
    reconcileEveryMs: z.int(),
  }),
  annotation: z.strictObject({
    customers: annotationTarget.or(z.literal(false)),
    vendors: annotationTarget.or(z.literal(false)),
    status: z.strictObject({ escalated: rule.nullish(), active: rule.nullish() }),
  }),
  support: z.strictObject({ since: z.string().optional() }),
});

/** The schema of a connection: its settings with all defaults, its state and its ingress URLs. It has no secrets. */
export const connection = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    state: z.enum(['active', 'needs_authorization', 'needs_reconnect', 'paused']),
    stateReason: z.string().nullable(),
    unconfirmed: z
      .array(coded)
      .readonly()
      .optional()
      .describe('Refusals of its credentials that are not confirmed yet. Absent if there are none.'),
    reusedNumbers: coded
      .extend({ action: z.string(), firstAt: time, lastAt: time })
      .optional()
      .describe('When F&O issued ControlNumbers again. Absent if it did not, and in lists.'),
    go: z
      .array(z.strictObject({ legalEntity: z.string(), kind: z.string(), since: time, by: z.string() }))
      .readonly()
      .describe('What runs and events may write without a person. "*" stands for all legal entities, or all kinds.'),
    noGo: coded.optional().describe('Why nothing is written yet, and what to do. Absent if there is a go.'),
    revision: z.int().describe('The number of the settings that are in effect.'),
    pending: z
      .strictObject({
        revision: z.int(),
        settings: z.array(z.string()).readonly(),
        since: time,
        by: z.string(),
        message: z.string(),
      })
      .optional()
      .describe('The settings that wait for approval, by their paths. Absent if there are none.'),
    held: z
      .strictObject({
        code: z.string(),
        message: z.string(),
        planId: z.string().nullable(),
        runId: z.string().nullable(),
        since: time.nullable(),
      })
      .optional()
      .describe('Why nothing, or not every event, is written until a person approves. Absent if it is not held.'),
    externalId: z.string().describe('The template for external ids.'),
    settings,
    hooks: z
      .strictObject({ zendesk: z.string(), dynamics: z.string() })
      .describe('The two ingress URLs. The URL for F&O is a credential.'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Connection' });
