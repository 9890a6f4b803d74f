import type { AccountLine } from './account-line.ts';
import { accountLine } from './account-line.ts';

/** A name that is too long for Zendesk. */
const LONGEST_NAME = `Humongous Insurance and Reinsurance Company of the Pacific Northwest, ${'including all of its subsidiaries, agencies and affiliates, '.repeat(4)}Seattle`;

/** The properties of a customer that is a person, whose name is in other properties. */
const person = (first: string, middle: string, last: string): Record<string, string> => ({
  PartyType: 'Person',
  PersonFirstName: first,
  PersonMiddleName: middle,
  PersonLastName: last,
});

/** The customers of the American company. The second half contains records that are hard to integrate. */
export const US_CUSTOMERS: readonly AccountLine[] = (
  [
    ['US-001', 'Contoso Retail San Diego', '20', 'San Diego', 'USA'],
    ['US-002', 'Contoso Retail Los Angeles', '20', 'Los Angeles', 'USA'],
    ['US-003', 'Forest Wholesales', '10', 'Atlanta', 'USA'],
    ['US-004', 'Cave Wholesales', '10', 'Birmingham', 'USA'],
    ['US-005', 'Contoso Retail Seattle', '20', 'Seattle', 'USA'],
    ['US-006', 'Contoso Retail Portland', '20', 'Portland', 'USA'],
    ['US-007', 'Desert Wholesales', '10', 'Phoenix', 'USA', { OnHoldStatus: 'Invoice' }],
    ['US-008', 'Sparrow Retail', '30', 'Houston', 'USA'],
    ['US-009', 'Owl Wholesales', '10', 'Arlington', 'USA'],
    ['US-010', 'Sunset Wholesales', '10', 'Pasadena', 'USA', { OnHoldStatus: 'All' }],
    ['US-011', 'Contoso Retail Dallas', '20', 'Dallas', 'USA'],
    ['US-012', 'Contoso Retail New York', '20', 'New York', 'USA'],
    ['US-013', 'Pelican Wholesales', '10', 'Salt Lake City', 'USA'],
    ['US-014', 'Grebe Wholesales', '10', 'Denver', 'USA', { OnHoldStatus: 'Payment' }],
    ['US-015', 'Contoso Retail Chicago', '20', 'Chicago', 'USA'],
    ['US-016', 'Whale Wholesales', '10', 'Boston', 'USA'],
    [
      'US-017',
      'Turtle Wholesales',
      '10',
      'Miami',
      'USA',
      { SalesMemo: 'Delivers at the back door only.\r\nAsk for Pat.' },
    ],
    ['US-018', 'Rainbow Wholesales', '10', 'Honolulu', 'USA'],
    ['US-019', 'Birch Company', '30', 'Columbus', 'USA'],
    ['US-020', 'Fabrikam Supplies', '30', 'Redmond', 'USA'],
    ['US-021', 'Fabrikam Supplies', '30', 'Tacoma', 'USA'],
    ['10001', 'Northwind Traders', '10', 'Spokane', 'USA'],
    ['10002', 'Lamna Healthcare', '30', 'Vancouver', 'CAN', { PartyNumber: '000000900' }],
    ['US-030', '', '80', 'Galway', 'IRL', person('Ada', 'Maeve', "O'Brien")],
    ['US-031', '', '80', '', '', person('Kiran', '', 'Rao')],
    ["O'HARA-1", "O'Hara & Sons", '30', 'Savannah', 'USA'],
    ['US 032', 'Blank Space Records', '30', 'Nashville', 'USA'],
    ['US/033', 'Either/Or Books', '30', 'Eugene', 'USA'],
    ['US,034', 'Comma, Period and Company', '30', '', 'USA'],
    ['A&B-035', 'A & B Fasteners', '30', 'Detroit', ''],
    ['ÉTÉ-036', 'Été Sunglasses', '30', 'Québec', 'CAN'],
    ['ab-100', 'Alpine Brewery', '30', 'Boulder', 'USA'],
    ['US-037', 'Trey Research   ', '30', 'Buffalo', 'USA'],
    ['US-038', LONGEST_NAME, '30', 'Seattle', 'USA'],
    ['US-039', '株式会社サンプル', '30', '東京', 'JPN'],
    ['US-040', 'Proseware, Inc.', '30', 'Akron', 'USA', { SalesMemo: "Pays by cheque; don't chase before the 15th." }],
  ] as const
).map(accountLine);
