import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  organizationPart,
  organizationValues,
  renderOrganization,
  type OrganizationForm,
} from '../../../domain/accounts/organization.ts';
import { diff, valuesAfter } from '../../../domain/sync/diff.ts';
import { account, specOf } from '../../fixtures/accounts.ts';

const RESERVED = { externalId: 'usmf:US-001', name: 'Contoso (US-001)' };

describe('the organization of an account', () => {
  it('has the reserved external id and name, and the fields of a customer', () => {
    expect(renderOrganization(account('US-001'), RESERVED, specOf('customer').mapping)).toEqual({
      ...RESERVED,
      fields: {
        erp_account_number: 'US-001',
        erp_account_type: 'customer',
        erp_legal_entity: 'usmf',
        erp_account_group: '10',
        erp_on_hold: 'No',
        erp_currency: 'USD',
        erp_city: 'Seattle',
        erp_country: 'USA',
      },
    });
  });

  it('has the fields of a vendor, with null for what the ERP does not know', () => {
    const values = { VendorGroupId: '20', OnHoldStatus: 'All', CurrencyCode: 'EUR', AddressCity: null };
    const vendor = account('1001', { kind: 'vendor', legalEntity: 'frrt', values });
    expect(renderOrganization(vendor, RESERVED, specOf('vendor').mapping).fields).toEqual({
      erp_account_number: '1001',
      erp_account_type: 'vendor',
      erp_legal_entity: 'frrt',
      erp_account_group: '20',
      erp_on_hold: 'All',
      erp_currency: 'EUR',
      erp_city: null,
      erp_country: null,
    });
  });
});

describe('the values of an organization', () => {
  const FORM: OrganizationForm = { ...RESERVED, fields: { erp_city: 'Seattle', erp_country: null } };

  it('are its external id, its name and its fields', () => {
    expect(organizationValues(FORM)).toEqual({
      external_id: 'usmf:US-001',
      name: 'Contoso (US-001)',
      erp_city: 'Seattle',
      erp_country: null,
    });
    expect(organizationValues({ ...FORM, externalId: null })).toMatchObject({ external_id: null });
  });

  it('lead back to the form, whatever it holds', () => {
    const text = fc.string();
    const fields = fc.dictionary(fc.constantFrom('erp_city', 'erp_country', 'toString'), fc.option(text), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(fc.record({ externalId: text, name: text, fields }), (form) => {
        expect(organizationPart(organizationValues(form))).toEqual(form);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it.each([
    [{}, {}],
    [{ name: 'Other' }, { name: 'Other' }],
    [{ external_id: 'usmf:US-002' }, { externalId: 'usmf:US-002' }],
    [{ erp_city: null }, { fields: { erp_city: null } }],
    [
      { erp_city: 'Lyon', name: 'Other' },
      { name: 'Other', fields: { erp_city: 'Lyon' } },
    ],
  ])('that are only %j lead to the part %j of the form', (values, part) => {
    expect(organizationPart(values)).toEqual(part);
  });

  it('that differ lead to a form that holds the differences alone', () => {
    const shown = { ...organizationValues(FORM), erp_city: 'Lyon', theirs: 7 };
    expect(organizationPart(valuesAfter(diff(organizationValues(FORM), shown)))).toEqual({
      fields: { erp_city: 'Seattle' },
    });
  });
});
