import { RemoteError } from '../../clients/errors.ts';

/**
 * The reason why an account is not annotated: the code of an entry in the runbook, and a message that says what to do.
 */
export interface AnnotationProblem {
  readonly code: 'annotation_no_room' | 'account_missing' | 'annotation_refused' | 'missing_privilege';
  readonly message: string;
}

/** The text of people leaves no room for the annotation. */
export const NO_ROOM: AnnotationProblem = {
  code: 'annotation_no_room',
  message:
    'The text of the account in Dynamics 365 leaves no room for the annotation. Shorten it, or raise annotation.*.maxLength.',
};

/** F&O does not have the account. */
export const ACCOUNT_MISSING: AnnotationProblem = {
  code: 'account_missing',
  message: 'Dynamics 365 no longer has the account, so there is nothing to annotate.',
};

/**
 * Returns the problem when the F&O user may not read or write the field of the annotation; undefined for any other
 * error. The message is the same for all accounts of an entity set. It names the entity set and the privilege.
 */
export function missingPrivilege(error: unknown): AnnotationProblem | undefined {
  if (!isOf(error, 'forbidden')) return undefined;
  return {
    code: 'missing_privilege',
    message: `Dynamics 365 does not let Ledgerdesk ${error.operation}, so no annotation is written there. ${error.advice}`,
  };
}

/** Returns the problem when F&O refuses to save this account; undefined for any other error. The message quotes F&O. */
export function refusedWrite(error: unknown): AnnotationProblem | undefined {
  if (!isOf(error, 'refused')) return undefined;
  return {
    code: 'annotation_refused',
    message: `Dynamics 365 refuses to save the annotation: ${error.detail} Fix the account in Dynamics 365. The next reconcile tries again.`,
  };
}

function isOf(error: unknown, kind: RemoteError['kind']): error is RemoteError {
  return error instanceof RemoteError && error.system === 'dynamics' && error.kind === kind;
}
