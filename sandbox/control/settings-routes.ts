import type { SystemName } from '../core/journal.ts';
import type { ControlRoute } from './answers.ts';
import { ControlError } from './answers.ts';
import { systemOf } from './journal-routes.ts';

/** The settings of each system, changed in place. */
export type AllSettings = Readonly<Record<SystemName, object>>;

/** The routes to how the systems behave. */
export function settingsRoutes(settings: AllSettings): ControlRoute[] {
  const pattern = /^\/settings\/(\w+)$/;
  return [
    { method: 'GET', pattern, handle: ({ parts }) => settings[systemOf(parts[0])] },
    {
      method: 'PATCH',
      pattern,
      handle: ({ parts, body }) => changed(settings[systemOf(parts[0])], body),
    },
  ];
}

/** A setting keeps its type; null is possible for those that are null, or may have been: their values are not judged. */
function changed(settings: object, changes: Readonly<Record<string, unknown>>): object {
  const known = new Map<string, unknown>(Object.entries(settings));
  for (const [name, value] of Object.entries(changes)) {
    if (!known.has(name)) throw new ControlError(400, `There is no setting ${name}.`);
    const before = known.get(name);
    const isFree = before === null || value === null;
    if (!isFree && (typeof before !== typeof value || Array.isArray(before) !== Array.isArray(value)))
      throw new ControlError(400, `The setting ${name} takes another type of value.`);
  }
  return Object.assign(settings, changes);
}
