import { describe, expect, it } from '@jest/globals';
import { readErpEvent } from '../../../domain/events/erp-event.ts';

const BUSINESS = {
  BusinessEventId: 'FFYCustomerChangedBusinessEvent',
  BusinessEventLegalEntity: 'USMF',
  ControlNumber: 5_637_985_363,
  CustomerAccount: 'US-001',
  EventId: '9C091AF1-5BAF-4CA9-B0A4-94D6E59A0D1C',
  EventTimeIso8601: '2023-10-16T15:42:46.3440655Z',
  LegalEntity: 'usmf',
  ParentContextRecordSubjects: [],
};

const without = (left: string): object =>
  Object.fromEntries(Object.entries(BUSINESS).filter(([name]) => name !== left));

describe('a business event', () => {
  it('names a record by the usual names of its members', () => {
    expect(readErpEvent(BUSINESS, {})).toEqual({
      form: 'business',
      eventId: BUSINESS.EventId,
      controlNumber: '5637985363',
      type: BUSINESS.BusinessEventId,
      record: { legalEntity: 'usmf', kind: 'customer', key: 'US-001' },
    });
  });

  it.each([
    [{ VendorAccountNumber: 'V-1' }, { kind: 'vendor', key: 'V-1' }],
    [{ VendAccount: ' V-2 ' }, { kind: 'vendor', key: 'V-2' }],
    [{ ContactPersonId: '000042' }, { kind: 'contact', key: '000042' }],
    [{ CustAccount: 4711 }, { kind: 'customer', key: '4711' }],
    [{ customeraccount: 'US-002' }, { kind: 'customer', key: 'US-002' }],
    [
      { ContactPersonId: 'C1', CustomerAccount: 'US-001' },
      { kind: 'contact', key: 'C1' },
    ],
  ])('with %j names %j', (members, record) => {
    expect(readErpEvent({ ...without('CustomerAccount'), ...members }, {})).toMatchObject({
      record: { legalEntity: 'usmf', ...record },
    });
  });

  it('takes the company of its contract, else that of its envelope', () => {
    expect(readErpEvent(without('LegalEntity'), {})).toMatchObject({ record: { legalEntity: 'usmf' } });
    expect(readErpEvent({ ...BUSINESS, LegalEntity: 'FRRT' }, {})).toMatchObject({ record: { legalEntity: 'frrt' } });
  });

  it('is read by its mapping where there is one', () => {
    const mappings = {
      FFYCustomerChangedBusinessEvent: { record: 'vendor' as const, legalEntity: 'Company', key: 'Account' },
    };
    const event = { ...BUSINESS, Company: 'DEMF', Account: 'V-9' };
    expect(readErpEvent(event, mappings)).toMatchObject({
      record: { legalEntity: 'demf', kind: 'vendor', key: 'V-9' },
    });
    expect(readErpEvent(BUSINESS, mappings)).toMatchObject({ record: null });
  });

  it('about anything else names nothing', () => {
    const event = { ...BUSINESS, BusinessEventId: 'VendInvoicePosted', CustomerAccount: '', Invoice: 'I-1' };
    expect(readErpEvent(event, {})).toMatchObject({ type: 'VendInvoicePosted', record: null });
  });

  it.each(['constructor', '__proto__', 'toString'])('called %p is read as any other', (type) => {
    expect(readErpEvent({ ...BUSINESS, BusinessEventId: type }, {})).toMatchObject({ type, record: { key: 'US-001' } });
  });

  it('that tries a new endpoint has empty fields', () => {
    const test = {
      BusinessEventId: '',
      BusinessEventLegalEntity: '',
      ControlNumber: 0,
      CustomerAccount: '',
      EventId: '',
    };
    expect(readErpEvent(test, {})).toBe('test');
    expect(readErpEvent({ ...test, BusinessEventId: 'FFYCustomerChangedBusinessEvent' }, {})).toBe('test');
    expect(readErpEvent({}, {})).toBe('test');
  });

  it.each([[null], [[]], ['text'], [7], [undefined], [{ hello: 'world' }]])('is not %j', (payload) => {
    expect(readErpEvent(payload, {})).toBe('malformed');
  });
});

describe('a data event', () => {
  const pairs = (values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  const image = (values: Readonly<Record<string, unknown>>) => ({ Attributes: pairs(values) });
  const context = (entity: string, images: Readonly<Record<string, unknown>>, message = 'OnExternalUpdated') => ({
    CorrelationId: '0f2d',
    InputParameters: pairs(images),
    MessageName: message,
    PreEntityImages: [],
    PrimaryEntityName: entity,
  });
  const CUSTOMER = { mserp_dataareaid: 'USMF', mserp_customeraccount: 'US-001' };

  it.each([
    ['mserp_custcustomerv3entity', { mserp_customeraccount: 'US-001' }, { kind: 'customer', key: 'US-001' }],
    ['mserp_vendvendorv2entity', { mserp_vendoraccountnumber: 'V-1' }, { kind: 'vendor', key: 'V-1' }],
    ['mserp_smmcontactpersonv2entity', { mserp_contactpersonid: '000042' }, { kind: 'contact', key: '000042' }],
  ])('of %s names its record', (entity, key, record) => {
    const event = context(entity, { Target: image({ mserp_dataareaid: 'USMF', ...key }) });
    expect(readErpEvent(event, {})).toEqual({
      form: 'data',
      eventId: '0f2d',
      controlNumber: null,
      type: `${entity} OnExternalUpdated`,
      record: { legalEntity: 'usmf', ...record },
    });
  });

  it('is read whatever the case of its keys', () => {
    const lower = JSON.parse(
      JSON.stringify(context('MSERP_CustCustomerV3Entity', { Target: image(CUSTOMER) })).replace(
        /"(\w)(\w*)":/g,
        (_all, first: string, rest: string) => `"${first.toLowerCase()}${rest}":`,
      ),
    ) as unknown;
    expect(readErpEvent(lower, {})).toMatchObject({ record: { kind: 'customer', key: 'US-001' } });
  });

  it('names the record as it is now, and where it is gone, as it was', () => {
    const renamed = context('mserp_custcustomerv3entity', {
      Target: image({ ...CUSTOMER, mserp_customeraccount: 'NEW-1' }),
      PreImage: image(CUSTOMER),
    });
    expect(readErpEvent(renamed, {})).toMatchObject({ record: { key: 'NEW-1' } });
    const gone = context('mserp_custcustomerv3entity', { Target: { Id: 'a guid' }, PreImage: image(CUSTOMER) });
    expect(readErpEvent(gone, {})).toMatchObject({ record: { legalEntity: 'usmf', key: 'US-001' } });
  });

  it('of another entity, or without its key, names nothing', () => {
    expect(readErpEvent(context('mserp_salesorder', { Target: image(CUSTOMER) }), {})).toMatchObject({ record: null });
    expect(readErpEvent(context('constructor', { Target: image(CUSTOMER) }), {})).toMatchObject({ record: null });
    const bare = context('mserp_custcustomerv3entity', { Target: { Id: 'a guid' } }, 'OnExternalDeleted');
    expect(readErpEvent(bare, {})).toMatchObject({ form: 'data', record: null });
  });
});
