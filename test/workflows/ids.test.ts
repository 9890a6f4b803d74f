import { describe, expect, it } from '@jest/globals';
import * as ids from '../../workflows/ids.ts';

const KEY = { legalEntity: 'usmf', kind: 'customer', key: 'US-001' };

describe('workflow ids', () => {
  it('are the names that operators type', () => {
    const stage = { connectionId: 'acme', legalEntity: 'usmf', runId: 'run-1', stage: 'apply-contacts' };
    expect(ids.masterSyncId('acme')).toBe('master-sync/acme');
    expect(ids.masterSyncId('acme', 'full')).toBe('master-sync/acme/full');
    expect(ids.legalEntitySyncId(stage)).toBe('legal-entity-sync/acme/usmf/run-1/apply-contacts');
    expect(ids.accountSyncId('acme', KEY)).toBe('account-sync/acme/usmf/customer/US-001');
    expect(ids.annotationId('acme', KEY)).toBe('annotate/acme/usmf/customer/US-001');
    expect(ids.erpEventId('acme', '5637144577')).toBe('erp-event/acme/5637144577');
    expect(ids.zendeskEventId('acme', 'e-1')).toBe('zendesk-event/acme/e-1');
    expect(ids.wireId('acme', '1')).toBe('wire/acme/1');
    expect(ids.pingId('acme', '1')).toBe('ping/acme/1');
    expect(ids.alertId('acme')).toBe('alert/acme');
    expect(ids.scheduleIds('acme')).toEqual(['master-sync/acme', 'support-reconcile/acme']);
  });

  it('encode what is not a letter, a digit or one of ._:- so that no part contains a separator', () => {
    const id = ids.accountSyncId('acme', { ...KEY, key: "A/1 (é)'*~!._:-" });
    expect(id).toBe('account-sync/acme/usmf/customer/A%2F1%20%28%C3%A9%29%27%2A%7E%21._%3A-');
  });

  it('have at most 255 bytes', () => {
    const id = ids.erpEventId('acme', 'x'.repeat(300));
    expect(id).toHaveLength(255);
    expect(id.startsWith('erp-event/acme/xxx')).toBe(true);
  });
});
