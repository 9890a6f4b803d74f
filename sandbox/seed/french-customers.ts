import type { AccountLine } from './account-line.ts';
import { accountLine } from './account-line.ts';

/** The customers of the French company. Two numbers and two names also exist in the American company. */
export const FRENCH_CUSTOMERS: readonly AccountLine[] = (
  [
    ['FR-001', 'Électricité Générale du Rhône', '10', 'Lyon', 'FRA'],
    ['FR-002', 'Boulangerie de la Gare', '30', 'Lille', 'FRA'],
    ['FR-003', "L'Atelier d'Émile", '30', 'Nantes', 'FRA'],
    ['FR-004', 'Garage Moreau', '30', 'Rennes', 'FRA'],
    ['FR-005', 'Librairie du Port', '30', 'Marseille', 'FRA', { OnHoldStatus: 'Never' }],
    ['FR-006', 'Pharmacie Centrale', '30', 'Dijon', 'FRA'],
    ['FR-007', 'Transports Lefèvre', '10', 'Reims', 'FRA', { OnHoldStatus: 'All' }],
    ['FR-008', 'Vignobles Saint-Clair', '10', 'Bordeaux', 'FRA'],
    ['FR-009', 'Menuiserie Petit', '30', 'Tours', 'FRA'],
    ['FR-010', 'Fromagerie des Alpes', '30', 'Annecy', 'FRA'],
    ['FR-011', 'Hôtel Bellevue', '20', 'Nice', 'FRA'],
    ['FR-012', 'Imprimerie Girard', '30', 'Nancy', 'FRA'],
    ['FR-013', 'Cycles Roussel', '30', 'Metz', 'FRA'],
    ['FR-014', 'Maison Dubois', '20', 'Paris', 'FRA'],
    ['FR-015', 'Coopérative du Sud', '10', 'Toulouse', 'FRA', { SalesMemo: 'Livraison le mardi.' }],
    ['FR-016', 'Papeterie Mercier', '30', 'Angers', 'FRA'],
    ['FR-017', 'Quincaillerie Noël', '30', '', 'FRA'],
    ['FR-018', 'Brasserie du Nord', '20', 'Roubaix', 'FRA'],
    ['FR-019', 'Tailspin Toys', '20', 'Bruxelles', 'BEL'],
    ['10001', 'Northwind Traders', '10', 'Strasbourg', 'FRA'],
    ['10002', 'Lamna Healthcare', '30', 'Genève', 'CHE', { PartyNumber: '000000900' }],
    ['fr 022', 'Café «Chez Léa»', '30', 'Brest', 'FRA'],
    [
      'FR-023',
      '',
      '80',
      'Caen',
      'FRA',
      { PartyType: 'Person', PersonFirstName: 'Loïc', PersonLastNamePrefix: 'de', PersonLastName: 'Kerangal' },
    ],
    ['FR-024', 'Adatum Corporation', '10', 'Grenoble', 'FRA', { PartyNumber: '000000901' }],
  ] as const
).map(accountLine);
