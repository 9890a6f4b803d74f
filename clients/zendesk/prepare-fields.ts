import { ORGANIZATION_FIELDS } from '../../domain/organization.ts';
import type { ZendeskClient } from './client.ts';

/** Creates the organization fields that Ledgerdesk writes and Zendesk does not have yet; answers how many were missing. */
export async function prepareOrganizationFields(
  zendesk: Pick<ZendeskClient, 'listOrganizationFields' | 'createOrganizationField'>,
): Promise<number> {
  const existing = new Set((await zendesk.listOrganizationFields()).map(({ key }) => key));
  const missing = ORGANIZATION_FIELDS.filter(({ key }) => !existing.has(key));
  for (const { key, title } of missing) await zendesk.createOrganizationField({ key, title });
  return missing.length;
}
