import { defineEntityType } from './entity-type.ts';

/** Vendors. Many names differ from those of customers, and some are misspelt (CSDL of 10.0.47). */
export const VENDOR_TYPE = defineEntityType({
  name: 'VendorV2',
  entitySet: 'VendorsV2',
  view: 'VendVendorV2Entity',
  keys: ['dataAreaId', 'VendorAccountNumber'],
  texts: `dataAreaId VendorAccountNumber VendorOrganizationName VendorSearchName VendorKnownAsName VendorPartyNumber
    VendorPartyType PersonFirstName PersonMiddleName PersonLastNamePrefix PersonLastName PersonInitials
    PersonProfessionalTitle VendorGroupId CurrencyCode LanguageId DUNSNumber OurAccountNumber PrimaryEmailAddress
    PrimaryPhoneNumber PrimaryPhoneNumberExtension PrimaryURL PrimaryFaxNumber PrimaryContactPersonId
    FormattedPrimaryAddress AddressStreet AddressCity AddressZipCode AddressStateId AddressCountyId
    AddressCountryRegionId AddressCountryRegionISOCode AddressBuildingCompliment AddressPostBox CreditRating`,
  memos: 'Notes',
  enums: { OnHoldStatus: 'CustVendorBlocked', IsPrimaryPhoneNumberMobile: 'NoYes' },
  decimals: 'CreditLimit',
  dates: 'VendorHoldReleaseDate',
  readOnly: 'VendorPartyNumber FormattedPrimaryAddress',
});
