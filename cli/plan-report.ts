import type { Responses } from '../api/endpoints.ts';
import { printable } from './printable.ts';
import { formatList, formatTable } from './table.ts';
import { showTime } from './times.ts';

/** A plan as the API returns it. */
export type Plan = Responses['showPlan'];

/** The names of the counts of a plan, in the order in which they are shown. */
export const PLAN_COUNTS = ['read', 'create', 'update', 'adopt', 'retire', 'unchanged', 'skipped', 'rejected'] as const;

type Change = Responses['listPlanChanges']['items'][number];

/** Returns a plan as text: what it would do, its price, limits and warnings, and how to go on. */
export function showPlan(plan: Plan): string {
  const { cost } = plan;
  const lines = [
    `Plan        ${plan.planId}`,
    `Connection  ${plan.connectionId}`,
    `Status      ${plan.status}${plan.decidedBy === null ? '' : ` by ${plan.decidedBy}`}`,
    `Made        ${showTime(plan.createdAt)}, expires ${showTime(plan.expiresAt)}`,
    `Hash        ${plan.hash}`,
    `Cost        about ${cost.dynamics} requests to Dynamics 365, ${cost.zendesk} to Zendesk, ${cost.minutes} min`,
    ...plan.prepare.map(({ owner, key, type }) => `First       create the ${owner} field ${key} (${type}) in Zendesk`),
    ...(plan.annotations.wouldWrite > 0 ? [`Then        write ${plan.annotations.wouldWrite} annotations to F&O`] : []),
    ...plan.limits.filter(({ tripped }) => tripped).map(limitLine),
  ];
  return [...lines.map(printable), '', showSlices(plan), ...warningLines(plan), ...nextLines(plan)].join('\n');
}

function limitLine({ name, planned, allowed }: Plan['limits'][number]): string {
  return `Limit       ${planned} records to ${name}, but only ${allowed} are allowed without an approval`;
}

function showSlices(plan: Plan): string {
  return formatTable({
    columns: ['LEGAL ENTITY', 'KIND', ...PLAN_COUNTS.map((name) => name.toUpperCase())],
    rows: [
      ...plan.slices.map((slice) => [slice.legalEntity, slice.kind, ...PLAN_COUNTS.map((name) => slice[name])]),
      ['all', '', ...PLAN_COUNTS.map((name) => plan.totals[name])],
    ],
  });
}

function warningLines({ warnings }: Plan): readonly string[] {
  return warnings.flatMap(({ code, count, message, action, sample }) => [
    '',
    printable(`${code} (${count}): ${message}`),
    ...(action === '' ? [] : [`    To do: ${printable(action)}`]),
    ...(sample.length > 0 ? [`    For example ${printable(sample.join(', '))}`] : []),
  ]);
}

function nextLines({ status, planId, hash, connectionId }: Plan): readonly string[] {
  if (status !== 'open') return [];
  return [
    '',
    `To see each change, run:  ledgerdesk plan ${planId} --changes`,
    `To write it, run:         ledgerdesk approve ${planId} --hash ${hash} --wait`,
    `To see all plans, run:    ledgerdesk plans ${printable(connectionId)}`,
  ];
}

/** Returns the changes of a plan as text, each with its fields. */
export function showChanges({ items, total }: Responses['listPlanChanges']): string {
  const rows = items.map((change) => [change.operation, change.legalEntity, change.kind, change.key, change.zendeskId]);
  const notes = new Map(items.map((change, index) => [index, fieldLines(change)]));
  const columns = ['OPERATION', 'LEGAL ENTITY', 'KIND', 'KEY', 'ZENDESK'];
  return formatList({ columns, rows, notes }, { total, none: 'The plan has no such changes, or it is closed.' });
}

function fieldLines({ changes, message }: Change): string[] {
  const fields = changes.map(({ field, before, after }) => `${field}: ${showValue(before)} -> ${showValue(after)}`);
  return [...fields, ...(message === null ? [] : [message])];
}

function showValue(value: Change['changes'][number]['before']): string {
  return value === null ? 'none' : JSON.stringify(value);
}
