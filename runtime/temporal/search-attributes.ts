import type { Connection } from '@temporalio/client';

/** `INDEXED_VALUE_TYPE_KEYWORD` of temporal.api.enums.v1. */
const KEYWORD = 2;
/** gRPC status ALREADY_EXISTS. */
const ALREADY_EXISTS = 6;

/**
 * Registers search attributes of type Keyword in a namespace, unless they exist. Throws when one of them exists with
 * another type, and when the server denies the registration.
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const { customAttributes: known } = await connection.operatorService.listSearchAttributes({ namespace });
  const foreign = names.filter((name) => name in known && Number(known[name]) !== KEYWORD);
  if (foreign.length > 0)
    throw new Error(
      `These search attributes of the Temporal namespace "${namespace}" must have the type Keyword: ${foreign.join(', ')}. ` +
        'Remove them, or use another namespace.',
    );
  const missing = names.filter((name) => !(name in known));
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== ALREADY_EXISTS) throw error;
  }
}
