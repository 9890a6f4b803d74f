import type { Responses } from '../../api/endpoints.ts';
import type { Run } from '../../cli/run-report.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';

/** A connection as the API answers it. */
export const CONNECTION: Responses['showConnection'] = {
  id: 'contoso',
  name: 'Contoso',
  state: 'active',
  stateReason: null,
  go: [{ legalEntity: '*', kind: '*', since: '2026-11-20T10:00:00.000Z', by: 'admin' }],
  revision: 1,
  externalId: '{accountNumber}',
  settings: TEST_SETTINGS,
  hooks: { zendesk: 'https://x/1', dynamics: 'https://x/2' },
  createdAt: '2026-11-24T10:00:00.000Z',
  updatedAt: '2026-11-24T10:00:00.000Z',
};

/** Returns a completed run as the API answers it, with these changes. */
export function runAnswer(changes: Partial<Run> = {}): Run {
  const counts = { read: 12, created: 4, updated: 3, adopted: 2, unchanged: 1, skipped: 1, rejected: 1, gone: 0 };
  return {
    runId: 'run-1',
    workflowId: 'sync:contoso',
    connectionId: 'contoso',
    status: 'completed',
    planId: null,
    startedAt: '2026-11-24T10:00:00.000Z',
    finishedAt: '2026-11-24T10:03:05.000Z',
    waitedMs: 12_000,
    totals: counts,
    phases: [{ legalEntity: 'usmf', kind: 'customer', ...counts }],
    requests: { dynamics: 5, zendesk: 9, entra: 1 },
    error: null,
    notes: [],
    ...changes,
  };
}

/** A rejected record as the API answers it. */
export const REJECTED = {
  connectionId: 'contoso',
  legalEntity: 'usmf',
  kind: 'customer',
  key: 'US-001',
  externalId: 'usmf:US-001',
  state: 'rejected',
  code: 'ambiguous_name',
  message: 'Two organizations are called "Contoso".',
  action: 'Rename one of them in Zendesk.',
  zendeskId: null,
  attempts: 1,
  firstSeenAt: '2026-11-24T10:00:00.000Z',
  lastSyncedAt: null,
};
