import { NAMESPACE } from './enumerations.ts';
import type { EntityType } from './entity-type.ts';

const ODATA = 'Microsoft.Dynamics.Platform.Integration.Services.OData';

/** A request that the server refuses, with the status and body of its response. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** The texts in F&O's error envelope. */
export interface RefusalText {
  readonly type: string;
  readonly text: string;
  /** The default is F&O's generic message. */
  readonly message?: string;
}

/**
 * Creates a refusal in F&O's envelope: an empty code, a generic message, and the real message in innererror (live
 * responses).
 */
export function refusal(status: number, { type, text, message = 'An error has occurred.' }: RefusalText): Refusal {
  const stacktrace = `   at ${ODATA}.ChangeInfoHelpers.ExecuteWithRetry(Func\`1 action)\r\n   at ${ODATA}.DefaultODataController.Handle()`;
  return new Refusal(status, { error: { code: '', message, innererror: { message: text, type, stacktrace } } });
}

/** Returns the 400 for an invalid query. */
export function badQuery(text: string): Refusal {
  const message = `The query specified in the URI is not valid. ${text}`;
  return refusal(400, { type: 'Microsoft.OData.ODataException', text, message });
}

/** Returns the 400 for a query with a property that the type does not have. Names are case-sensitive. */
export function unknownProperty(name: string, type: EntityType): Refusal {
  return badQuery(`Could not find a property named '${name}' on type '${NAMESPACE}.${type.name}'.`);
}

/** Returns the refusal of a write to a row that does not exist or is out of scope: 400, not 404. */
export function nothingToUpdate(): Refusal {
  return refusal(400, {
    type: 'System.InvalidOperationException',
    text: 'No resources were found when selecting for update.',
  });
}

/** Returns the 403 for a user without the privilege (live message: two blanks, the name of the view). */
export function notAuthorized(verb: 'read' | 'create' | 'update' | 'delete', type: EntityType): Refusal {
  return refusal(403, {
    type: `${ODATA}.ODataSecurityException`,
    text: `User is not authorized to ${verb} view ${type.view}.  Request denied.`,
  });
}

/** Returns the 400 for invalid fields in a write. Each warning is a sentence without a full stop. */
export function fieldsRefused(type: EntityType, fields: readonly string[], warnings: readonly string[]): Refusal {
  const head = `Field validation failed on table of type '${type.view}' for the following fields: ${fields.join(', ')}.`;
  return refusal(400, { type: `${ODATA}.AxODataFieldValidationException`, text: `${head} ${infolog(warnings)}` });
}

/** Returns the refusal of a write by the business logic. */
export function writeRefused(type: EntityType, warnings: readonly string[], status = 400): Refusal {
  const head = `Write failed for table row of type '${type.view}'.`;
  return refusal(status, { type: `${ODATA}.AxODataWriteException`, text: `${head} ${infolog(warnings)}` });
}

/** Returns the 500 for a record on which the server's own code fails (public reports). */
export function nullReference(): Refusal {
  return refusal(500, {
    type: 'System.NullReferenceException',
    text: 'Object reference not set to an instance of an object.',
  });
}

function infolog(warnings: readonly string[]): string {
  return `Infolog: ${warnings.map((warning) => `Warning: ${warning}.`).join('; ')}.`;
}
