import type { StoredFieldCheck } from '../../../../store/connection/field-checks.ts';
import type { StepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

/** Deletes all custom fields of organizations. */
export async function clearFields(at: StepTests): Promise<void> {
  const shown = await at.callZendesk('GET', 'organization_fields?page[size]=100');
  const { organization_fields: fields } = shown as { organization_fields: { key: string }[] };
  for (const { key } of fields) await changeField(at, { method: 'DELETE', path: `/${key}` });
}

/**
 * Changes a custom field of organizations, as an administrator does. `path`: empty, or `/` and the key of the field.
 */
export async function changeField(
  at: StepTests,
  { method, path, field }: { method: string; path: string; field?: object },
): Promise<void> {
  await at.callZendesk(method, `organization_fields${path}`, field && { organization_field: field });
}

/** Returns the last check of the custom fields of organizations. */
export function storedCheck({ store }: StepTests, { connectionId }: TestRun): Promise<StoredFieldCheck | undefined> {
  return store.fieldChecks.get(connectionId, 'organization');
}

/** Returns the codes of the notes of a run. */
export async function noteCodes({ store }: StepTests, { runId }: TestRun): Promise<readonly string[] | undefined> {
  return (await store.reports.get(runId))?.notes.map(({ code }) => code);
}
