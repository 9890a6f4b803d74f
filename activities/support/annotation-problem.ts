import { isFromOData } from '../../clients/dynamics/classify.ts';
import { missingColumnIn } from '../../clients/dynamics/missing-column.ts';
import { RemoteError } from '../../clients/errors.ts';
import { classOf, nameOfError } from '../error-class.ts';

/**
 * The reason why an account is not annotated: the code of an entry in the runbook, and a message that says what to do.
 */
export interface AnnotationProblem {
  readonly code:
    | 'annotation_no_room'
    | 'account_missing'
    | 'annotation_refused'
    | 'annotation_conflict'
    | 'annotation_failed'
    | 'annotation_field_missing'
    | 'missing_privilege'
    | 'internal_error';
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

/**
 * The codes of problems that all accounts of an entity set have, so that requests for the others would be in vain. They
 * fail a reconcile after all accounts were checked, because a person must change the set-up.
 */
export const SET_UP_CODES = ['missing_privilege', 'annotation_field_missing'] as const;

/** Returns whether all accounts of the kind have a problem. */
export function isOfEntitySet({ code }: AnnotationProblem): boolean {
  return SET_UP_CODES.some((shared) => shared === code);
}

/** Returns the problem when the entity set has no such field; undefined for any other error. */
export function fieldMissing(error: unknown): AnnotationProblem | undefined {
  const field = isOf(error, 'refused') ? missingColumnIn(error.detail)?.column : undefined;
  if (field === undefined) return undefined;
  return {
    code: 'annotation_field_missing',
    message: `Dynamics 365 has no field ${field} in the entity set to which the annotation is written. Check the names under "annotation" in the connection file, and whether the extension with the field is installed. Then run \`ledgerdesk connection apply FILE\`.`,
  };
}

/**
 * Returns the problem when F&O cannot read or write this account, although it has answered; undefined for any other
 * error. Some records can never be written: each write answers 412, or 500 with an exception of the business logic
 * (public reports). Without an answer of the business logic, F&O as a whole may be down, which is waited for.
 */
export function accountProblem(error: unknown): AnnotationProblem | undefined {
  if (isOf(error, 'conflict')) return CONFLICT;
  if (isOf(error, 'refused')) return refusedWrite(error);
  if (classOf(error).kind === 'certain')
    return {
      code: 'internal_error',
      message: `Ledgerdesk could not write the annotation (${nameOfError(error)}). Report this with the log of the worker.`,
    };
  if (!(error instanceof RemoteError) || error.system !== 'dynamics' || !isAboutRecord(error)) return undefined;
  const answer = [error.status, error.code].filter((part) => part !== null).join(' ');
  return {
    code: 'annotation_failed',
    message: `Dynamics 365 fails to ${error.operation} for this account (${answer}). Open the account in Dynamics 365 and save it, to see the error there. The next reconcile tries again.`,
  };
}

/** A gateway in front of F&O answers with other statuses, and without the name of an exception. */
function isAboutRecord(error: RemoteError): boolean {
  if (error.kind === 'missing' || error.kind === 'unexpected') return true;
  return error.status === 500 && error.code !== null && isFromOData(error);
}

/** Every write of the account meets another change. */
const CONFLICT: AnnotationProblem = {
  code: 'annotation_conflict',
  message:
    'Dynamics 365 answers each write of this account with a conflict. Another process may change it all the time, or the record is locked. Look for jobs that write this account. The next reconcile tries again.',
};

function isOf(error: unknown, kind: RemoteError['kind']): error is RemoteError {
  return error instanceof RemoteError && error.system === 'dynamics' && error.kind === kind;
}
