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

/** Members that we read and Zendesk's description does not have, each with where it is known from. */
const BEYOND_THE_DESCRIPTION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OrganizationObject: { deleted_at: 'Zendesk docs, Incremental Exports: deleted organizations' },
  TicketObject: { metric_set: 'Zendesk docs, Side-Loading: include=metric_sets' },
};

/** What the samples need where the description gives no format. */
const MOMENT = '2026-11-30T09:00:00Z';
const MOMENTS = { created_at: MOMENT, updated_at: MOMENT, deleted_at: null };

const FORMS: readonly (readonly [string, z.ZodType])[] = [
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

describe.each(FORMS)('our form of %s', (name, form) => {
  const read = Object.keys(
    (z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' }) as { properties: object }).properties,
  );
  const described = membersOf(name);
  const sample: Readonly<Record<string, unknown>> = { ...sampleOf(name), ...MOMENTS };

  it('reads only members that Zendesk describes, or documents elsewhere', () => {
    const known = [...Object.keys(described), ...Object.keys(BEYOND_THE_DESCRIPTION[name] ?? {})];
    expect(known).toEqual(expect.arrayContaining(read));
  });

  it('takes an object with every member that Zendesk describes', () => {
    expect(form.safeParse(sample).error).toBeUndefined();
  });

  it('takes null wherever Zendesk may send it', () => {
    const nullable = read.filter((member) => described[member] !== undefined && isNullable(described[member]));
    for (const member of nullable)
      expect([member, form.safeParse({ ...sample, [member]: null }).error]).toEqual([member, undefined]);
  });

  it('refuses an object without its id or key, so that the samples above are no mere formality', () => {
    const identifying = ['id', 'key', 'type', 'organization_id'];
    const rest = Object.entries(sample).filter(([member]) => !identifying.includes(member));
    expect(form.safeParse(Object.fromEntries(rest)).success).toBe(false);
  });
});
