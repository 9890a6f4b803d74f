/** An organization that agents created before the integration. */
export interface SeedOrganization {
  readonly name: string;
  readonly domain_names: readonly string[];
  readonly details: string | null;
  readonly notes: string | null;
  readonly tags: readonly string[];
}

const organization = (name: string, rest: Partial<SeedOrganization> = {}): SeedOrganization => ({
  name,
  domain_names: [],
  details: null,
  notes: null,
  tags: [],
  ...rest,
});

/**
 * Seven have the name of exactly one account of F&O, ignoring case. One has the name of two accounts, one that of
 * accounts in both companies. Three are unrelated.
 */
export const HELP_DESK_ORGANIZATIONS: readonly SeedOrganization[] = [
  organization('contoso retail san diego', {
    domain_names: ['contosoretailsandiego.example'],
    notes: 'Prefers to be called before noon.',
    tags: ['vip', 'west_coast'],
  }),
  organization('FOREST WHOLESALES', { details: 'Opened in 2009', tags: ['legacy'] }),
  organization('Owl Wholesales', { notes: 'Escalate to Robin.' }),
  organization("O'Hara & Sons", { domain_names: ['oharasons.example'] }),
  organization('Électricité Générale du Rhône', { tags: ['french'] }),
  organization('garage moreau'),
  organization('Fabrikam Electronics', { details: 'Supplier, not a customer', tags: ['supplier'] }),
  organization('Fabrikam Supplies', { notes: 'Redmond or Tacoma? Ask.' }),
  organization('Northwind Traders', { domain_names: ['northwindtraders.example'] }),
  organization('Internal IT', { domain_names: ['contoso.example'], tags: ['internal'] }),
  organization('School of Fine Art', { details: 'Trial account', notes: 'Ends in June.' }),
  organization('Woodgrove Bank', { tags: ['vip', 'prospect'] }),
];
