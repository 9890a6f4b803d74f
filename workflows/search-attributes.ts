import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';

const CONNECTION = defineSearchAttributeKey('LedgerdeskConnection', 'KEYWORD');
const LEGAL_ENTITY = defineSearchAttributeKey('LedgerdeskLegalEntity', 'KEYWORD');

/** The names of the search attributes (Keyword) for lists in the Web UI. A worker registers them when it starts. */
export const SEARCH_ATTRIBUTE_NAMES: readonly string[] = [CONNECTION.name, LEGAL_ENTITY.name];

/**
 * Returns the search attributes of a workflow. They are not encrypted, so they contain only ids of connection and
 * company.
 */
export function searchAttributesOf(connectionId: string, legalEntity?: string): TypedSearchAttributes {
  const pairs = [{ key: CONNECTION, value: connectionId }];
  return new TypedSearchAttributes(
    legalEntity === undefined ? pairs : [...pairs, { key: LEGAL_ENTITY, value: legalEntity }],
  );
}
