import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributesOf } from './search-attributes.ts';

/**
 * Adds the missing search attributes of this workflow, so that lists by connection and company show it. Temporal's own
 * tools may start a workflow without them.
 */
export function addSearchAttributes(connectionId: string, legalEntity?: string): void {
  const { typedSearchAttributes: present } = workflowInfo();
  const wanted = searchAttributesOf(connectionId, legalEntity?.toLowerCase()).getAll();
  const missing = wanted.filter(({ key }) => present.get(key) === undefined);
  if (missing.length > 0) upsertSearchAttributes(missing);
}
