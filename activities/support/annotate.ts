import { remoteError } from '../../clients/errors.ts';
import { annotateText } from '../../domain/support/annotation-text.ts';
import { annotationLines, changedFields, type Annotation } from '../../domain/support/annotation.ts';
import type { AnnotationTarget } from '../../domain/support/annotation-target.ts';
import type { NotAnnotated } from '../../domain/connection/not-annotated.ts';
import { entityOf } from '../../domain/entities.ts';
import { supportLoadOf } from '../../domain/support/support-load.ts';
import { rulesOf, supportStatusOf } from '../../domain/support/support-status.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { SupportedAccount } from '../../store/support/support.ts';
import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import {
  ACCOUNT_MISSING,
  accountProblem,
  fieldMissing,
  missingPrivilege,
  NO_ROOM,
  refusedWrite,
  type AnnotationProblem,
} from './annotation-problem.ts';
import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { openAnnotations } from './open-annotations.ts';
import { confirmRefusal } from '../operations/confirm-refusal.ts';

/** The result of writing an annotation. */
type Written = 'written' | 'unchanged' | NotAnnotated['code'] | AnnotationProblem;

/** How often a write is tried again at once after a concurrent change. Then the step is retried. */
const MAX_ATTEMPTS = 3;
/** Attempts of a step until a failure of one account counts as a problem of that account. */
const MAX_STEP_ATTEMPTS = 3;

/** Returns whether a step may fail because of one account, so that it is retried. */
export function mayRetry({ attempt }: StepContext): boolean {
  return attempt < MAX_STEP_ATTEMPTS;
}

/** Writes the annotation of one account if it differs from the last one. */
export async function annotate(
  context: StepContext,
  input: Parameters<Steps['annotate']>[0],
): ReturnType<Steps['annotate']> {
  const { connectionId, ...key } = input;
  await context.store.annotationWakes.recordReading(connectionId, key);
  const account = await context.store.support.account(connectionId, key);
  if (account === undefined) return { outcome: 'not_linked' };
  const { connection, reasonOf } = await openAnnotations(context.store, connectionId);
  const reason = reasonOf(key);
  const result = await annotateOne(context, input, { account, connection, reason, mayRetry: mayRetry(context) });
  if (typeof result === 'string') return { outcome: result };
  if (result.code === 'missing_privilege') throw stop(result.code, result.message);
  return { outcome: result.code };
}

interface AccountToAnnotate {
  readonly account: SupportedAccount;
  readonly connection: Connection;
  /** True if a failure that may pass is thrown. Otherwise it is a problem of the account. */
  readonly mayRetry: boolean;
  /** The problem that prevents the write, if it is already known. */
  readonly obstacle?: AnnotationProblem | undefined;
  /** The reason why nothing is to be written, although nothing is wrong. The load is computed nevertheless. */
  readonly reason: NotAnnotated['code'] | null;
}

/**
 * Writes one account's annotation if it differs. Stores the load, the written lines, or the problem that prevented the
 * write.
 */
export async function annotateOne(
  context: StepContext,
  { connectionId }: ConnectionRef,
  { account, connection, mayRetry: isRetried, obstacle, reason }: AccountToAnnotate,
): Promise<Written> {
  const { annotation, lines, isCurrent } = annotationOf(account, connection);
  const { load, status } = annotation;
  const at = { account, connection, reason, mayRetry: isRetried };
  const result = isCurrent ? 'unchanged' : (reason ?? obstacle ?? (await write(context, at, annotation)));
  const problem = typeof result === 'string' ? null : result;
  await context.store.support.save(connectionId, account.account, {
    computed: { load, status },
    written: isCurrent || reason !== null || problem !== null ? undefined : lines,
    problem,
  });
  return result;
}

/**
 * Returns the annotation that an account should have, and its lines as one text. `isCurrent` is true if they need not be
 * written.
 */
export function annotationOf(
  account: SupportedAccount,
  { settings }: Connection,
): { readonly annotation: Annotation; readonly lines: string; readonly isCurrent: boolean } {
  const load = supportLoadOf(account.tickets);
  const status = supportStatusOf(load, rulesOf(settings.annotation.status));
  const organizationUrl = `${settings.zendesk.baseUrl}/agent/organizations/${account.organizationId}`;
  const annotation = { load, status, organizationUrl };
  const lines = annotationLines(annotation).join('\n');
  const isCurrent = account.written === lines || (account.written === null && account.tickets.length === 0);
  return { annotation, lines, isCurrent };
}

/** Writes an annotation. A problem of one account never holds up the others for long. */
async function write(...args: Parameters<typeof mergeAnnotation>): Promise<Written> {
  try {
    return await mergeAnnotation(...args);
  } catch (error) {
    const problem =
      missingPrivilege(error) ?? fieldMissing(error) ?? (args[1].mayRetry ? undefined : accountProblem(error));
    if (problem === undefined) throw error;
    const [context, { connection }] = args;
    const refusal = await confirmRefusal(context.store, connection.id, error);
    if (refusal?.isConfirmed === false) throw error;
    return problem;
  }
}

/**
 * Reads the fields, inserts the annotation and writes with the etag that was read, so that no concurrent change is
 * lost.
 */
async function mergeAnnotation(
  { remote }: StepContext,
  { account: { account }, connection }: AccountToAnnotate,
  annotation: Annotation,
): Promise<Written> {
  const { annotation: target, key: keyColumn } = entityOf(connection, account.kind);
  if (target === undefined) return 'unchanged';
  const { legalEntity, key } = account;
  const place = { legalEntity, key, keyColumn, entitySet: target.entitySet };
  const fields = target.fields === undefined ? [target.field] : Object.values(target.fields);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const read = await remote(({ dynamics }) => dynamics.readFields({ ...place, fields }));
    if (read === null) return ACCOUNT_MISSING;
    const values = changesOf(target, read.values, annotation);
    if (values === 'no_room') return NO_ROOM;
    if (Object.keys(values).length === 0) return 'unchanged';
    const answer = await remote(({ dynamics }) => dynamics.writeFields({ ...place, etag: read.etag, values })).catch(
      refused,
    );
    if (answer === 'missing') return ACCOUNT_MISSING;
    if (answer !== 'conflict') return answer;
  }
  const detail = 'the account was changed by others during each attempt to write its annotation.';
  throw remoteError({ system: 'dynamics', operation: `write fields of ${place.entitySet}`, kind: 'conflict', detail });
}

function refused(error: unknown): AnnotationProblem {
  const problem = refusedWrite(error);
  if (problem === undefined) throw error;
  return problem;
}

type Values = Readonly<Record<string, string | number | null>>;

/** Returns the fields that must change, with their new values. */
function changesOf(target: AnnotationTarget, present: Values, annotation: Annotation): Values | 'no_room' {
  if (target.fields !== undefined) return changedFields(annotation, target.fields, present);
  const text = String(present[target.field] ?? '');
  const next = annotateText(text, annotationLines(annotation), { mode: target.mode, maxLength: target.maxLength });
  if (next === 'no_room') return 'no_room';
  return next === 'unchanged' ? {} : { [target.field]: next.text };
}
