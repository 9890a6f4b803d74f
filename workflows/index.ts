/** All workflow types that a worker runs. Their names are public: operators start them with Temporal's own tools. */
export { syncAccount } from './sync-account.ts';
export { syncLegalEntity } from './sync-legal-entity.ts';
export { syncMasterData } from './sync-master-data.ts';
