import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fieldWire } from '../../../clients/zendesk/custom-fields.ts';
import { identityWire } from '../../../clients/zendesk/identities.ts';
import { jobWire } from '../../../clients/zendesk/job-wire.ts';
import { membershipWire } from '../../../clients/zendesk/memberships.ts';
import { organizationWire } from '../../../clients/zendesk/organization-wire.ts';
import { ticketWire } from '../../../clients/zendesk/ticket-wire.ts';
import { triggerWire } from '../../../clients/zendesk/triggers.ts';
import { userWire } from '../../../clients/zendesk/user-wire.ts';
import { isNullable, membersOf, sampleOf } from '../../reference/openapi-schema.ts';

/** Members that Ledgerdesk reads although Zendesk's OpenAPI description lacks them, each with its source. */
const DOCUMENTED_ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OrganizationObject: { deleted_at: 'Zendesk docs, Incremental Exports: deleted organizations' },
  TicketObject: { metric_set: 'Zendesk docs, Side-Loading: include=metric_sets' },
};

/** Valid times for samples, since the description does not specify their format. */
const TIME = '2026-11-30T09:00:00Z';
const TIMES = { created_at: TIME, updated_at: TIME, deleted_at: null };

const SCHEMAS: readonly (readonly [string, z.ZodType])[] = [
  ['OrganizationObject', organizationWire],
  ['UserForAdmin', userWire],
  ['JobStatusObject', jobWire],
  ['OrganizationFieldObject', fieldWire],
  ['UserFieldObject', fieldWire],
  ['TicketObject', ticketWire],
  ['OrganizationMembershipObject', membershipWire],
  ['UserIdentityObject', identityWire],
  ['TriggerObject', triggerWire],
];

describe.each(SCHEMAS)('the schema for %s', (name, schema) => {
  const read = Object.keys(
    (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties: object }).properties,
  );
  const described = membersOf(name);
  const sample: Readonly<Record<string, unknown>> = { ...sampleOf(name), ...TIMES };

  it('reads only members that Zendesk describes or documents elsewhere', () => {
    const known = [...Object.keys(described), ...Object.keys(DOCUMENTED_ELSEWHERE[name] ?? {})];
    expect(known).toEqual(expect.arrayContaining(read));
  });

  it('accepts an object with all members that Zendesk describes', () => {
    expect(schema.safeParse(sample).error).toBeUndefined();
  });

  it('accepts null for all members that Zendesk may set to null', () => {
    const nullable = read.filter((member) => described[member] !== undefined && isNullable(described[member]));
    for (const member of nullable)
      expect([member, schema.safeParse({ ...sample, [member]: null }).error]).toEqual([member, undefined]);
  });

  it('rejects an object without its id or key, which shows that the samples above are validated', () => {
    const identifying = ['id', 'key', 'type', 'organization_id'];
    const rest = Object.entries(sample).filter(([member]) => !identifying.includes(member));
    expect(schema.safeParse(Object.fromEntries(rest)).success).toBe(false);
  });
});
