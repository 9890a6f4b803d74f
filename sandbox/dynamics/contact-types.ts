import { defineEntityType } from './entity-type.ts';

/**
 * Contact persons of a company, linked to an account by its party. Only this set has the job title and an edit time.
 */
export const CONTACT_TYPE = defineEntityType({
  name: 'ContactPerson',
  entitySet: 'ContactPersons',
  view: 'smmContactPersonV2Entity',
  keys: ['dataAreaId', 'ContactPersonId'],
  texts: `dataAreaId ContactPersonId ContactPersonName ContactPersonPartyNumber ContactPersonPartyType
    AssociatedPartyNumber FirstName MiddleName LastName SearchName KnownAsName PrimaryEmailAddress PrimaryPhoneNumber
    PrimaryPhoneNumberExtension EmploymentJobTitle EmploymentJobFunctionName EmploymentProfession EmploymentDepartment
    ProfessionalTitle ContactInformationLanguageId PrimaryAddressStreet PrimaryAddressCity PrimaryAddressZipCode
    PrimaryAddressStateId PrimaryAddressCountryRegionId FormattedPrimaryAddress DecisionMakingRoleCode
    ManagerContactPersonId ContactPersonResponsiblePersonnelNumber`,
  memos: 'Notes',
  enums: {
    IsPrimaryPhoneNumberMobile: 'NoYes',
    IsInactive: 'NoYes',
    IsDefaultContactPerson: 'NoYes',
    IsVIP: 'NoYes',
    IsVendorPortalAccessAllowed: 'NoYes',
  },
  times: 'LastEditDateTime',
  readOnly: 'ContactPersonPartyNumber FormattedPrimaryAddress LastEditDateTime',
});

/** The same contact persons once per account, with the account's number and without the job title. */
export const CDS_CONTACT_TYPE = defineEntityType({
  name: 'CDSContactPersonV2',
  entitySet: 'CDSContactPersonsV2',
  view: 'smmContactPersonCDSV2Entity',
  keys: ['dataAreaId', 'ContactPersonPartyNumber', 'AssociatedContactType', 'AssociatedContactNumber'],
  texts: `dataAreaId ContactPersonPartyNumber AssociatedContactNumber ContactPersonId AssociatedPartyNumber FirstName
    MiddleName LastName PrimaryEmailAddress PrimaryPhoneNumber EmploymentProfession EmploymentDepartment
    PrimaryAddressStreet PrimaryAddressCity PrimaryAddressZipCode PrimaryAddressCountryRegionId`,
  memos: 'Notes',
  enums: { AssociatedContactType: 'smmContactPersonCDSAssociatedContactType', IsInactive: 'NoYes' },
});
