import type { Fault, FaultAction } from '../core/fault-actions.ts';
import type { Faults } from '../core/faults.ts';
import type { ControlRoute } from './control-route.ts';
import { ControlError, listOf } from './control-route.ts';
import { systemOf } from './journal-routes.ts';

const MEMBERS = ['system', 'match', 'skip', 'times', 'chance', 'action'];

const KINDS: Readonly<Record<FaultAction['kind'], true>> = {
  status: true,
  storm: true,
  cut: true,
  truncate: true,
  delay: true,
  hold: true,
  rewind: true,
  'lose-job': true,
  'fail-rows': true,
  'fail-job': true,
  'stick-job': true,
  'forget-job': true,
};

/** Returns the routes of the faults. */
export function faultRoutes(faults: Faults): ControlRoute[] {
  return [
    { method: 'GET', pattern: /^\/faults$/, handle: () => listOf(faults.list()) },
    { method: 'POST', pattern: /^\/faults$/, handle: ({ body }) => faults.add(faultOf(body)) },
    { method: 'DELETE', pattern: /^\/faults$/, handle: () => faults.clear() },
    {
      method: 'DELETE',
      pattern: /^\/faults\/(\d+)$/,
      handle: ({ parts }) => {
        if (!faults.remove(Number(parts[0]))) throw new ControlError(404, 'There is no such fault.');
      },
    },
  ];
}

function faultOf(body: Readonly<Record<string, unknown>>): Fault {
  const system = systemOf(body['system']);
  const { action } = body;
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw new ControlError(400, `A fault has no member \`${unknown}\`.`);
  const kind = typeof action === 'object' && action !== null && 'kind' in action ? action.kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind))
    throw new ControlError(400, `\`action.kind\` must be one of ${Object.keys(KINDS).join(', ')}.`);
  return { ...(body as unknown as Fault), system };
}
