/** The namespace of every type name, including enumeration literals in filters. */
export const NAMESPACE = 'Microsoft.Dynamics.DataEntities';

/** The members of each enumeration in the order of their numbers (CSDL of 10.0.47; Timezone is cut to four). */
export const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  NoYes: ['No', 'Yes'],
  CustVendorBlocked: ['No', 'Invoice', 'All', 'Payment', 'Requisition', 'Never', 'PurchOrder'],
  Timezone: [
    'GMTMINUS1200INTERNATIONALDATELINEWEST',
    'GMTMINUS0800PACIFICTIME',
    'GMT_COORDINATEDUNIVERSALTIME',
    'GMTPLUS0100BRUSSELS_COPENHAGEN_MADRID',
  ],
  smmContactPersonCDSAssociatedContactType: ['Customer', 'Vendor'],
};
