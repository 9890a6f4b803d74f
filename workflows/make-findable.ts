import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributesOf } from './search-attributes.ts';

/**
 * Sets the search attributes that this workflow was started without, as by Temporal's own tools, so that lists by connection and by
 * company show it.
 */
export function makeFindable(connectionId: string, legalEntity?: string): void {
  const { typedSearchAttributes: present } = workflowInfo();
  const wanted = searchAttributesOf(connectionId, legalEntity?.toLowerCase()).getAll();
  const missing = wanted.filter(({ key }) => present.get(key) === undefined);
  if (missing.length > 0) upsertSearchAttributes(missing);
}
