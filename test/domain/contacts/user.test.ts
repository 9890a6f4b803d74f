import { describe, expect, it } from '@jest/globals';
import { canonicalUser, renderUser } from '../../../domain/contacts/user.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const FULL = contactOf('000123', { name: 'Maya Laurent', phone: '+33 1', jobTitle: 'Owner' });

describe('the user of a contact', () => {
  it('has its name, phone, title and where it comes from, and never its email', () => {
    expect(renderUser(FULL, 'usmf:000123')).toEqual({
      externalId: 'usmf:000123',
      name: 'Maya Laurent',
      phone: '+33 1',
      fields: { erp_contact_id: '000123', erp_contact_legal_entity: 'usmf', erp_job_title: 'Owner' },
    });
  });

  it('has nulls for what the ERP does not know, and its id for a name that is missing', () => {
    const bare = renderUser(contactOf('000124', { name: '' }), 'usmf:000124');
    expect(bare).toMatchObject({ name: '000124', phone: null, fields: { erp_job_title: null } });
  });

  it('is the same whether Zendesk shows an empty text or nothing, with blanks or without', () => {
    const wanted = renderUser(contactOf('000124'), 'usmf:000124');
    const shown = { ...wanted, name: ' Person 000124 ', phone: '', fields: { ...wanted.fields, erp_job_title: '' } };
    expect(canonicalUser(shown, false)).toBe(canonicalUser(wanted, false));
  });

  it('differs by each thing that we write', () => {
    const wanted = renderUser(FULL, 'usmf:000123');
    const others = [
      { ...wanted, name: 'Maya' },
      { ...wanted, phone: null },
      { ...wanted, externalId: 'usmf:000124' },
      { ...wanted, fields: { ...wanted.fields, erp_job_title: null } },
    ];
    for (const other of others) expect(canonicalUser(other, false)).not.toBe(canonicalUser(wanted, false));
  });

  it('differs by nothing but the external id when it is an agent or admin', () => {
    const wanted = renderUser(FULL, 'usmf:000123');
    expect(canonicalUser({ ...wanted, name: 'Desk Agent', phone: null }, true)).toBe(canonicalUser(wanted, true));
    expect(canonicalUser({ ...wanted, externalId: null }, true)).not.toBe(canonicalUser(wanted, true));
  });
});
