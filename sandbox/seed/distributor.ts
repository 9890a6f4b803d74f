import type { DynamicsState } from '../dynamics/state.ts';
import type { ZendeskState } from '../zendesk/state.ts';
import { seedDesk } from './desk.ts';
import { seedAccounts } from './erp-accounts.ts';
import { seedContacts } from './erp-contacts.ts';

/** The systems that a seed fills. */
export interface SeededSystems {
  readonly dynamics: DynamicsState;
  readonly zendesk: ZendeskState;
  readonly now: Date;
}

/** Enters the two companies without any account. */
export function seedCompanies(dynamics: DynamicsState): void {
  dynamics.addCompany('usmf', 'Contoso Entertainment System USA');
  dynamics.addCompany('frrt', 'Contoso Retail France');
}

/** Fills both systems as a distributor's would be: two companies, and what integrations stumble over. Always the same. */
export function seedDistributor({ dynamics, zendesk, now }: SeededSystems): void {
  seedCompanies(dynamics);
  seedContacts(dynamics, seedAccounts(dynamics));
  seedDesk(zendesk, now);
}
