import { describe, expect, it } from '@jest/globals';
import { knownEntities } from '../../../domain/entities.ts';
import { readErpEvent, type EventNaming } from '../../../domain/events/erp-event.ts';
import { specOf, TEST_SETTINGS } from '../../fixtures/accounts.ts';

const ENTITIES = knownEntities({ settings: TEST_SETTINGS, externalIdTemplate: '{accountNumber}' });

/** Reads an event as a connection without mappings of its own does, unless told otherwise. */
const read = (payload: unknown, naming: Partial<EventNaming> = {}) =>
  readErpEvent(payload, { mappings: {}, entities: ENTITIES, ...naming });

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
    expect(read(BUSINESS)).toEqual({
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
  ])('with the members %j names the record %j', (members, record) => {
    expect(read({ ...without('CustomerAccount'), ...members })).toMatchObject({
      record: { legalEntity: 'usmf', ...record },
    });
  });

  it('names a record of a further entity by the members of that entity, a dependent one first', () => {
    const prospect = { ...specOf('customer'), kind: 'prospect', events: { members: ['ProspectId'] } };
    const event = { ...without('CustomerAccount'), ProspectId: 'P-1' };
    expect(read(event)).toMatchObject({ record: null });
    const entities = [...ENTITIES, prospect];
    expect(read(event, { entities })).toMatchObject({ record: { kind: 'prospect', key: 'P-1' } });
    expect(read({ ...event, CustomerAccount: 'US-001' }, { entities })).toMatchObject({ record: { kind: 'customer' } });
    const dependent = [...ENTITIES, { ...prospect, dependsOn: ['customer'] }];
    expect(read({ ...event, CustomerAccount: 'US-001' }, { entities: dependent })).toMatchObject({
      record: { kind: 'prospect' },
    });
  });

  it('names the company of its contract, else that of its envelope', () => {
    expect(read(without('LegalEntity'))).toMatchObject({ record: { legalEntity: 'usmf' } });
    expect(read({ ...BUSINESS, LegalEntity: 'FRRT' })).toMatchObject({ record: { legalEntity: 'frrt' } });
  });

  it('is read by the mapping of the connection where there is one', () => {
    const mappings = {
      FFYCustomerChangedBusinessEvent: { record: 'vendor', legalEntity: 'Company', key: 'Account' },
    };
    const event = { ...BUSINESS, Company: 'DEMF', Account: 'V-9' };
    expect(read(event, { mappings })).toMatchObject({
      record: { legalEntity: 'demf', kind: 'vendor', key: 'V-9' },
    });
    expect(read(BUSINESS, { mappings })).toMatchObject({ record: null });
  });

  it('about anything else names no record', () => {
    const event = { ...BUSINESS, BusinessEventId: 'VendInvoicePosted', CustomerAccount: '', Invoice: 'I-1' };
    expect(read(event)).toMatchObject({ type: 'VendInvoicePosted', record: null });
  });

  it.each(['constructor', '__proto__', 'toString'])('with the id %p is read like any other', (type) => {
    expect(read({ ...BUSINESS, BusinessEventId: type })).toMatchObject({ type, record: { key: 'US-001' } });
  });

  it('is a test of a new endpoint when its fields are empty', () => {
    const test = {
      BusinessEventId: '',
      BusinessEventLegalEntity: '',
      ControlNumber: 0,
      CustomerAccount: '',
      EventId: '',
    };
    expect(read(test)).toBe('test');
    expect(read({ ...test, BusinessEventId: 'FFYCustomerChangedBusinessEvent' })).toBe('test');
    expect(read({})).toBe('test');
  });

  it.each([[null], [[]], ['text'], [7], [undefined], [{ hello: 'world' }]])('cannot be %j', (payload) => {
    expect(read(payload)).toBe('malformed');
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
  ])('of the table %s names its record', (entity, key, record) => {
    const event = context(entity, { Target: image({ mserp_dataareaid: 'USMF', ...key }) });
    expect(read(event)).toEqual({
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
    expect(read(lower)).toMatchObject({ record: { kind: 'customer', key: 'US-001' } });
  });

  it('names the record as it is now, and a deleted one as it was', () => {
    const renamed = context('mserp_custcustomerv3entity', {
      Target: image({ ...CUSTOMER, mserp_customeraccount: 'NEW-1' }),
      PreImage: image(CUSTOMER),
    });
    expect(read(renamed)).toMatchObject({ record: { key: 'NEW-1' } });
    const gone = context('mserp_custcustomerv3entity', { Target: { Id: 'a guid' }, PreImage: image(CUSTOMER) });
    expect(read(gone)).toMatchObject({ record: { legalEntity: 'usmf', key: 'US-001' } });
  });

  it('of another table, or without a key, names no record', () => {
    expect(read(context('mserp_salesorder', { Target: image(CUSTOMER) }))).toMatchObject({ record: null });
    expect(read(context('constructor', { Target: image(CUSTOMER) }))).toMatchObject({ record: null });
    const bare = context('mserp_custcustomerv3entity', { Target: { Id: 'a guid' } }, 'OnExternalDeleted');
    expect(read(bare)).toMatchObject({ form: 'data', record: null });
  });
});
