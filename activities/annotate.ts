import { annotateText } from '../domain/annotation-text.ts';
import { annotationLines, changedFields, type Annotation } from '../domain/annotation.ts';
import type { AnnotationTarget, ConnectionSettings } from '../domain/connection.ts';
import { supportLoadOf } from '../domain/support-load.ts';
import { rulesOf, supportStatusOf } from '../domain/support-status.ts';
import type { SupportedAccount } from '../store/support.ts';
import type { ConnectionRef, Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';
import { wakeOperatorIfDue } from './tell-operator.ts';

/** What writing an annotation came to. */
type Written = 'written' | 'unchanged' | 'annotation_no_room' | 'account_missing';

/** How often a write is tried again at once when somebody else was quicker; then the step begins anew. */
const MOST_TRIES = 3;
const PAGE = 200;
/** Accounts written in one step: each needs two requests of the ERP. */
const MOST_WRITTEN = 20;

/** Writes the annotation of one account if it differs from what was last written. */
export async function annotate(
  context: StepContext,
  input: Parameters<Steps['annotate']>[0],
): ReturnType<Steps['annotate']> {
  const { connectionId, ...key } = input;
  const account = await context.store.support.account(connectionId, key);
  if (account === undefined) return { outcome: 'not_linked' };
  const { settings } = await context.store.connections.require(connectionId);
  return { outcome: await annotateOne(context, input, { account, settings }) };
}

/** Goes through the accounts that have tickets, or had an annotation, and writes those that differ; nobody is called for the others. */
export async function annotateChanged(
  context: StepContext,
  input: Parameters<Steps['annotateChanged']>[0],
): ReturnType<Steps['annotateChanged']> {
  const { store } = context;
  const { settings } = await store.connections.require(input.connectionId);
  const accounts = await store.support.page(input.connectionId, { after: input.after, limit: PAGE });
  let written = 0;
  for (const account of accounts) {
    if ((await annotateOne(context, input, { account, settings })) === 'written') written += 1;
    if (written === MOST_WRITTEN) return { written, next: account.organizationId };
  }
  const next = accounts.length < PAGE ? null : (accounts.at(-1)?.organizationId ?? null);
  if (next === null) await noteSupportWorks(context, input.connectionId);
  return { written, next };
}

/** The end of a whole reading and writing: whatever had failed of it works again. */
async function noteSupportWorks(context: StepContext, connectionId: string): Promise<void> {
  await context.store.troubles.note({ connectionId, subject: 'support', problem: null });
  await wakeOperatorIfDue(context, connectionId);
}

interface AccountToAnnotate {
  readonly account: SupportedAccount;
  readonly settings: ConnectionSettings;
}

async function annotateOne(
  context: StepContext,
  { connectionId }: ConnectionRef,
  { account, settings }: AccountToAnnotate,
): Promise<Written> {
  const load = supportLoadOf(account.tickets);
  const status = supportStatusOf(load, rulesOf(settings.annotation.status));
  const organizationUrl = `${settings.zendesk.baseUrl}/agent/organizations/${account.organizationId}`;
  const annotation: Annotation = { load, status, organizationUrl };
  const lines = annotationLines(annotation).join('\n');
  const isSaid = account.written === lines || (account.written === null && account.tickets.length === 0);
  const outcome = isSaid ? 'unchanged' : await write(context, { account, settings }, annotation);
  const isWritten = !isSaid && (outcome === 'written' || outcome === 'unchanged');
  await context.store.support.save(connectionId, account.account, {
    computed: { load, status },
    written: isWritten ? lines : undefined,
    problem: PROBLEMS[outcome] ?? null,
  });
  return outcome;
}

const PROBLEMS: Readonly<Partial<Record<Written, { code: string; message: string }>>> = {
  annotation_no_room: {
    code: 'annotation_no_room',
    message:
      'The text of the account in Dynamics 365 leaves no room for the annotation: shorten it, or raise annotation.*.maxLength.',
  },
  account_missing: {
    code: 'account_missing',
    message: 'Dynamics 365 does not have the account any more, so there is nothing to annotate.',
  },
};

/** Reads the fields, puts the annotation in and writes under the etag that was read, so that nobody's words are lost. */
async function write(
  { far }: StepContext,
  { account: { account }, settings }: AccountToAnnotate,
  annotation: Annotation,
): Promise<Written> {
  const target = account.kind === 'customer' ? settings.annotation.customers : settings.annotation.vendors;
  const place = { ...account, entitySet: target.entitySet };
  const fields = target.fields === undefined ? [target.field] : Object.values(target.fields);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const read = await far(({ dynamics }) => dynamics.readFields({ ...place, fields }));
    if (read === null) return 'account_missing';
    const values = changesOf(target, read.values, annotation);
    if (values === 'no_room') return 'annotation_no_room';
    if (Object.keys(values).length === 0) return 'unchanged';
    const answer = await far(({ dynamics }) => dynamics.writeFields({ ...place, etag: read.etag, values }));
    if (answer === 'written') return 'written';
    if (answer === 'missing') return 'account_missing';
  }
  throw new Error('Somebody else changed the account each time that it was about to be annotated.');
}

type Values = Readonly<Record<string, string | number | null>>;

/** The fields that must change, and to what; empty when all is as it should be. */
function changesOf(target: AnnotationTarget, present: Values, annotation: Annotation): Values | 'no_room' {
  if (target.fields !== undefined) return changedFields(annotation, target.fields, present);
  const text = String(present[target.field] ?? '');
  const next = annotateText(text, annotationLines(annotation), { mode: target.mode, maxLength: target.maxLength });
  if (next === 'no_room') return 'no_room';
  return next === 'unchanged' ? {} : { [target.field]: next.text };
}
