import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { PLAN_COUNTS, showChanges, showPlan } from '../plan-report.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';

/** Defines the command `plans ID`, which lists the plans of a connection. */
export const plans: Command = {
  name: 'plans',
  summary: 'list the plans of a connection, newest first',
  positionals: ['ID'],
  options: { limit: { value: 'N', about: 'show only the newest N' } },
  async run(parsed, { openApi }) {
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'plans'];
    const list = await api<'listPlans'>({ method: 'GET', path, query: { limit: parsed.count('limit') } });
    const rows = list.items.map((plan) => [
      plan.planId,
      plan.status,
      plan.why.join(', '),
      showTime(plan.createdAt),
      ...PLAN_COUNTS.map((name) => plan.totals[name]),
    ]);
    const columns = ['PLAN', 'STATUS', 'WHY', 'MADE', ...PLAN_COUNTS.map((name) => name.toUpperCase())];
    return { json: list, text: formatList({ columns, rows }, { total: list.total, none: 'There are no plans.' }) };
  },
};

/** Defines the command `plan PLAN`, which shows a plan, or its changes. */
export const plan: Command = {
  name: 'plan',
  summary: 'show a plan, or with --changes each change by field',
  positionals: ['PLAN'],
  options: {
    changes: { about: 'list the changes' },
    kind: { value: 'K', about: 'show only changes of this kind, such as customer' },
    'legal-entity': { value: 'X', about: 'show only changes of this legal entity' },
    operation: { value: 'OP', about: 'show only this operation: create, update, adopt or retire' },
    code: { value: 'C', about: 'show only changes with this code' },
    limit: { value: 'N', about: 'show only the first N changes' },
  },
  async run(parsed, { openApi }) {
    const api = await openApi();
    const path = ['plans', parsed.argument('PLAN')];
    if (!parsed.flag('changes')) {
      const found = await api<'showPlan'>({ method: 'GET', path });
      return { json: found, text: showPlan(found) };
    }
    const query = {
      kind: parsed.text('kind'),
      legalEntity: parsed.text('legal-entity'),
      operation: parsed.text('operation'),
      code: parsed.text('code'),
      limit: parsed.count('limit'),
    };
    const list: Responses['listPlanChanges'] = await api<'listPlanChanges'>({
      method: 'GET',
      path: [...path, 'changes'],
      query,
    });
    return { json: list, text: showChanges(list) };
  },
};

/** Defines the command `discard PLAN`, which closes an open plan. */
export const discard: Command = {
  name: 'discard',
  summary: 'discard an open plan',
  positionals: ['PLAN'],
  options: {},
  async run(parsed, { openApi }) {
    const api = await openApi();
    const discarded = await api<'discardPlan'>({
      method: 'POST',
      path: ['plans', parsed.argument('PLAN'), 'discard'],
      body: {},
    });
    return { json: discarded, text: `Plan ${discarded.planId} is discarded.` };
  },
};
