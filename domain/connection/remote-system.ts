/** The remote systems that Ledgerdesk calls. */
export type RemoteSystem = 'entra' | 'dynamics' | 'zendesk';

/** Their names, as operators read them. */
export const SYSTEM_NAMES: Readonly<Record<RemoteSystem, string>> = {
  entra: 'Microsoft Entra',
  dynamics: 'Dynamics 365',
  zendesk: 'Zendesk',
};
