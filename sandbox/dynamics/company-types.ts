import { defineEntityType } from './entity-type.ts';

/**
 * Legal entities, with ids in upper case. They belong to no company, so those that the user may not read are listed
 * too.
 */
export const LEGAL_ENTITY_TYPE = defineEntityType({
  name: 'LegalEntity',
  entitySet: 'LegalEntities',
  view: 'OMLegalEntity',
  keys: ['LegalEntityId'],
  texts: `LegalEntityId Name CompanyName NameAlias PartyNumber LanguageId CompanyCountry PrimaryContactEmail
    PrimaryContactPhone PrimaryContactURL FullPrimaryAddress AddressStreet AddressCity AddressZipCode
    AddressCountryRegionId VATNum RegistrationNumber`,
  enums: {
    TimeZone: 'Timezone',
    UseForFinancialConsolidationProcess: 'NoYes',
    UseForFinancialEliminationProcess: 'NoYes',
  },
  dates: 'StartDateOfBusiness',
});

/** The same companies with fewer properties, and ids in lower case. */
export const COMPANY_TYPE = defineEntityType({
  name: 'Company',
  entitySet: 'Companies',
  view: 'DataAreaEntity',
  keys: ['DataArea'],
  texts: 'DataArea Name KnownAs PartyNumber LanguageId',
});
