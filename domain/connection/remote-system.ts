/** The remote systems that Ledgerdesk calls. */
export type RemoteSystem = 'entra' | 'dynamics' | 'zendesk';

/** The names of the remote systems in messages. */
export const SYSTEM_NAMES: Readonly<Record<RemoteSystem, string>> = {
  entra: 'Microsoft Entra',
  dynamics: 'Dynamics 365',
  zendesk: 'Zendesk',
};
