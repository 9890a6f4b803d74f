import { describe, expect, it } from '@jest/globals';
import { renderUser, userPart, userValues, type UserForm } from '../../../domain/contacts/user.ts';
import { diff } from '../../../domain/sync/diff.ts';
import { specOf } from '../../fixtures/accounts.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const { mapping } = specOf('contact');
const FULL = contactOf('000123', {
  name: 'Maya Laurent',
  values: { PrimaryPhoneNumber: '+33 1', EmploymentJobTitle: 'Owner' },
});
const FORM = renderUser(FULL, 'usmf:000123', mapping);

/** The fields by which a user that is shown differs from the one that should be. */
const differences = (shown: Parameters<typeof userValues>[0], isStaff = false): readonly string[] =>
  diff(userValues(FORM, isStaff), userValues(shown, isStaff)).map(({ field }) => field);

describe('the user of a contact', () => {
  it('has its name, phone, title and origin, and never its email', () => {
    expect(FORM).toEqual({
      externalId: 'usmf:000123',
      name: 'Maya Laurent',
      attributes: { phone: '+33 1' },
      fields: { erp_contact_id: '000123', erp_contact_legal_entity: 'usmf', erp_job_title: 'Owner' },
    });
  });

  it('has nulls for what the ERP does not know, and its id where the name is missing', () => {
    const bare = renderUser(contactOf('000124', { name: '' }), 'usmf:000124', mapping);
    expect(bare).toMatchObject({ name: '000124', attributes: { phone: null }, fields: { erp_job_title: null } });
  });
});

describe('the values of a user', () => {
  it('are its external id, name, attributes and fields', () => {
    expect(userValues(FORM, false)).toEqual({
      external_id: 'usmf:000123',
      name: 'Maya Laurent',
      phone: '+33 1',
      erp_contact_id: '000123',
      erp_contact_legal_entity: 'usmf',
      erp_job_title: 'Owner',
    });
  });

  it('are the same whether Zendesk shows an empty text or nothing, with blanks or without', () => {
    const wanted = renderUser(contactOf('000124'), 'usmf:000124', mapping);
    const shown = {
      ...wanted,
      name: ' Person 000124 ',
      attributes: { phone: '' },
      fields: { ...wanted.fields, erp_job_title: '' },
    };
    expect(diff(userValues(wanted, false), userValues(shown, false))).toEqual([]);
  });

  it.each<[string, Partial<UserForm>]>([
    ['name', { name: 'Maya' }],
    ['phone', { attributes: { phone: null } }],
    ['phone', { attributes: {} }],
    ['external_id', { externalId: 'usmf:000124' }],
    ['erp_job_title', { fields: { ...FORM.fields, erp_job_title: null } }],
  ])('differ by %s when that alone is another', (field, change) => {
    expect(differences({ ...FORM, ...change })).toEqual([field]);
  });

  it('are the external id alone when the user is an agent or admin', () => {
    expect(userValues(FORM, true)).toEqual({ external_id: 'usmf:000123' });
    expect(differences({ ...FORM, name: 'Desk Agent', attributes: { phone: null } }, true)).toEqual([]);
    expect(differences({ ...FORM, externalId: null }, true)).toEqual(['external_id']);
  });
});

describe('a part of a user', () => {
  it.each<[readonly string[], Partial<UserForm>]>([
    [[], {}],
    [['name'], { name: 'Maya Laurent' }],
    [['external_id'], { externalId: 'usmf:000123' }],
    [['phone'], { attributes: { phone: '+33 1' } }],
    [['erp_job_title', 'erp_contact_id'], { fields: { erp_contact_id: '000123', erp_job_title: 'Owner' } }],
    [['phone', 'name', 'unknown'], { name: 'Maya Laurent', attributes: { phone: '+33 1' } }],
    [Object.keys(userValues(FORM, false)), FORM],
  ])('with the keys %j is %j', (keys, part) => {
    expect(userPart(FORM, new Set(keys))).toEqual(part);
  });

  it('holds a value that is to be emptied', () => {
    const bare = renderUser(contactOf('000124'), 'usmf:000124', mapping);
    expect(userPart(bare, new Set(['phone', 'erp_job_title']))).toEqual({
      attributes: { phone: null },
      fields: { erp_job_title: null },
    });
  });
});
