import type { DynamicsState } from '../dynamics/state.ts';
import type { ZendeskState } from '../zendesk/state.ts';
import { seedHelpDesk } from './help-desk.ts';
import { seedAccounts } from './erp-accounts.ts';
import { seedContacts } from './erp-contacts.ts';

/** The systems that a seed fills. */
export interface SeededSystems {
  readonly dynamics: DynamicsState;
  readonly zendesk: ZendeskState;
  readonly now: Date;
}

/** Creates the two companies without accounts. */
export function seedCompanies(dynamics: DynamicsState): void {
  dynamics.addCompany('usmf', 'Contoso Entertainment System USA');
  dynamics.addCompany('frrt', 'Contoso Retail France');
}

/**
 * Fills both systems with the fixed data of a distributor with two companies, including records that are hard to
 * integrate.
 */
export function seedDistributor({ dynamics, zendesk, now }: SeededSystems): void {
  seedCompanies(dynamics);
  seedContacts(dynamics, seedAccounts(dynamics));
  seedHelpDesk(zendesk, now);
}
