import type { AccountLine } from './account-line.ts';
import { accountLine } from './account-line.ts';

/** The vendors of the American company. One number differs from a customer's only by case. */
export const US_VENDORS: readonly AccountLine[] = (
  [
    ['1001', 'Acme Office Supplies', '10', 'Cleveland', 'USA'],
    ['1002', 'Lande Packaging Supplies', '10', 'Toledo', 'USA'],
    ['1003', 'Ade Supply Company', '10', 'Omaha', 'USA'],
    ['US-101', 'Fabrikam Electronics', '20', 'Bellevue', 'USA'],
    ['US-102', 'Tailspin Parts', '20', 'Memphis', 'USA', { OnHoldStatus: 'Payment' }],
    ['US-103', 'Humongous Freight', '30', 'Oakland', 'USA'],
    ['US-104', 'Fourth Coffee Roasters', '30', 'Seattle', 'USA', { Notes: 'Samples go to the 3rd floor.' }],
    ['US-105', 'Wide World Importers', '10', '', 'USA', { OnHoldStatus: 'All' }],
    ['US-106', 'City Power & Light', '40', 'Chicago', 'USA'],
    ['US-107', 'Alpine Ski House', '30', 'Aspen', 'USA'],
    ['AB-100', 'Abbey Bottles', '10', 'Boulder', 'USA'],
    ['10002', 'Lucerne Publishing', '30', 'Boston', 'USA'],
    [
      'US-108',
      '',
      '30',
      'Austin',
      'USA',
      { VendorPartyType: 'Person', PersonFirstName: 'Noor', PersonLastName: 'van Dijk' },
    ],
  ] as const
).map(accountLine);

/** The vendors of the French company. The first one is also a customer with the same party. */
export const FRENCH_VENDORS: readonly AccountLine[] = (
  [
    ['FR-V01', 'Adatum Corporation', '10', 'Grenoble', 'FRA', { VendorPartyNumber: '000000901' }],
    ['FR-V02', 'Verrerie Lambert', '10', 'Troyes', 'FRA'],
    ['FR-V03', 'Emballages Fontaine', '10', 'Amiens', 'FRA'],
    ['FR-V04', 'Acier de Lorraine', '20', 'Metz', 'FRA'],
    ['FR-V05', 'Textiles Garnier', '20', 'Roanne', 'FRA', { OnHoldStatus: 'Never' }],
    ['FR-V06', 'Bois du Jura', '20', 'Dole', 'FRA'],
    ['FR-V07', "Peintures d'Aujourd'hui", '30', 'Lens', 'FRA'],
    ['FR-V08', 'Énergie Bleue', '40', 'Brest', 'FRA', { Notes: 'Contrat à renouveler en mars.' }],
    ['FR-V09', 'Outillage Perrin', '30', 'Vienne', 'FRA'],
    ['FR-V10', 'Logistique Chevalier', '30', 'Le Havre', 'FRA'],
    ['FR-V11', 'Plastiques Robert', '10', 'Oyonnax', 'FRA'],
    ['FR-V12', 'Acme Office Supplies', '10', 'Paris', 'FRA'],
  ] as const
).map(accountLine);
