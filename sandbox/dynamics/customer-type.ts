import { defineEntityType } from './entity-type.ts';

const address = (prefix: string, names: string): string =>
  names
    .split(' ')
    .map((name) => `${prefix}${name}`)
    .join(' ');

const PREFIXES = ['Address', 'DeliveryAddress', 'InvoiceAddress'];
const everywhere = (names: string): string => PREFIXES.map((prefix) => address(prefix, names)).join(' ');

const ADDRESS_TEXTS =
  'Description Street StreetNumber BuildingComplement City ZipCode State County DistrictName CountryRegionId ' +
  'CountryRegionISOCode Postbox LocationId LocationRoles';

const YES_NO =
  'PrimaryContactEmailIsIM PrimaryContactPhoneIsMobile CreditLimitIsMandatory CredManCustUnlimitedCredit ' +
  'IsOneTimeCustomer IsExternallyMaintained';

const RECORD_IDS =
  'PrimaryContactEmailRecordId PrimaryContactPhoneRecordId PrimaryContactURLRecordId PrimaryContactFaxRecordId';

/**
 * Customers, with the properties that an integration needs of the 309 in 10.0.47. There is no name and no modified
 * time.
 */
export const CUSTOMER_TYPE = defineEntityType({
  name: 'CustomerV3',
  entitySet: 'CustomersV3',
  view: 'CustCustomerV3Entity',
  keys: ['dataAreaId', 'CustomerAccount'],
  texts: `dataAreaId CustomerAccount PartyNumber PartyType OrganizationName NameAlias KnownAs PersonFirstName
    PersonMiddleName PersonLastNamePrefix PersonLastName PersonInitials PersonProfessionalTitle OrganizationNumber
    CustomerGroupId SalesCurrencyCode LanguageId PaymentTerms PaymentMethod InvoiceAccount SalesTaxGroup
    CustClassificationId SalesSegmentId SalesSubsegmentId SalesDistrict LineOfBusinessId CompanyChain SiteId WarehouseId
    PrimaryContactEmail PrimaryContactEmailDescription PrimaryContactEmailPurpose PrimaryContactPhone
    PrimaryContactPhoneExtension PrimaryContactPhoneDescription PrimaryContactPhonePurpose PrimaryContactURL
    PrimaryContactFax ContactPersonId CollectionsContactPersonId FullPrimaryAddress ${everywhere(ADDRESS_TEXTS)}
    CreditRating CredManAccountStatusId CredManGroupId IdentificationNumber TaxExemptNumber EmployeeResponsibleNumber
    VendorAccount MerchantID DefaultDimensionDisplayValue OrderEntryDeadline`,
  memos: 'SalesMemo CredManNotes FederalComments CentralBankPurposeNotes',
  enums: {
    OnHoldStatus: 'CustVendorBlocked',
    ...Object.fromEntries(YES_NO.split(' ').map((name) => [name, 'NoYes'])),
    ...Object.fromEntries(PREFIXES.map((prefix) => [`${prefix}TimeZone`, 'Timezone'])),
  },
  integers: 'OrganizationNumberOfEmployees',
  recordIds: `${RECORD_IDS} ${everywhere('RecordId')}`,
  decimals: `CreditLimit ${everywhere('Latitude Longitude')}`,
  dates: 'CredManLastReviewDate',
  times: everywhere('ValidFrom'),
  endTimes: everywhere('ValidTo'),
  readOnly: `PartyNumber FullPrimaryAddress ${RECORD_IDS} ${everywhere('RecordId')}`,
});
