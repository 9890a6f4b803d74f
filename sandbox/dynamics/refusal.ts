import { NAMESPACE } from './enumerations.ts';
import type { EntityType } from './entity-type.ts';

const ODATA = 'Microsoft.Dynamics.Platform.Integration.Services.OData';

/** What the server answers instead of doing what was asked; thrown by whatever judges a request. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** What an error envelope says. */
export interface RefusalText {
  readonly type: string;
  readonly text: string;
  /** Default: the useless sentence that F&O puts there. */
  readonly message?: string;
}

/** Makes a refusal in F&O's envelope: an empty code, a general message, the real text in innererror (live answers). */
export function refusal(status: number, { type, text, message = 'An error has occurred.' }: RefusalText): Refusal {
  const stacktrace = `   at ${ODATA}.ChangeInfoHelpers.ExecuteWithRetry(Func\`1 action)\r\n   at ${ODATA}.DefaultODataController.Handle()`;
  return new Refusal(status, { error: { code: '', message, innererror: { message: text, type, stacktrace } } });
}

/** A query that cannot be understood: 400. */
export function badQuery(text: string): Refusal {
  const message = `The query specified in the URI is not valid. ${text}`;
  return refusal(400, { type: 'Microsoft.OData.ODataException', text, message });
}

/** A property that the type does not have, in a query. Names are case-sensitive. */
export function unknownProperty(name: string, type: EntityType): Refusal {
  return badQuery(`Could not find a property named '${name}' on type '${NAMESPACE}.${type.name}'.`);
}

/** The row that is to be changed is not there, or not in the scope of the request: 400, not 404. */
export function nothingToUpdate(): Refusal {
  return refusal(400, {
    type: 'System.InvalidOperationException',
    text: 'No resources were found when selecting for update.',
  });
}

/** The user's roles lack the privilege (live text: two blanks, the name of the view). */
export function notAuthorized(verb: 'read' | 'create' | 'update' | 'delete', type: EntityType): Refusal {
  return refusal(403, {
    type: `${ODATA}.ODataSecurityException`,
    text: `User is not authorized to ${verb} view ${type.view}.  Request denied.`,
  });
}

/** Fields of a write did not pass; each warning is a sentence without a full stop. */
export function fieldsRefused(type: EntityType, fields: readonly string[], warnings: readonly string[]): Refusal {
  const head = `Field validation failed on table of type '${type.view}' for the following fields: ${fields.join(', ')}.`;
  return refusal(400, { type: `${ODATA}.AxODataFieldValidationException`, text: `${head} ${infolog(warnings)}` });
}

/** The business logic refused a write. */
export function writeRefused(type: EntityType, warnings: readonly string[], status = 400): Refusal {
  const head = `Write failed for table row of type '${type.view}'.`;
  return refusal(status, { type: `${ODATA}.AxODataWriteException`, text: `${head} ${infolog(warnings)}` });
}

function infolog(warnings: readonly string[]): string {
  return `Infolog: ${warnings.map((warning) => `Warning: ${warning}.`).join('; ')}.`;
}
