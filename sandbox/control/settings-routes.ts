import type { SystemName } from '../core/journal.ts';
import type { ControlRoute } from './control-route.ts';
import { ControlError } from './control-route.ts';
import { systemOf } from './journal-routes.ts';

/** The settings of each system, changed in place. */
export type AllSettings = Readonly<Record<SystemName, object>>;

/** Returns the routes of the settings. */
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

/** A setting keeps its type. A setting that is or becomes null may have any type. */
function changed(settings: object, changes: Readonly<Record<string, unknown>>): object {
  const known = new Map<string, unknown>(Object.entries(settings));
  for (const [name, value] of Object.entries(changes)) {
    if (!known.has(name)) throw new ControlError(400, `There is no setting ${name}.`);
    const before = known.get(name);
    const isNullable = before === null || value === null;
    if (!isNullable && (typeof before !== typeof value || Array.isArray(before) !== Array.isArray(value)))
      throw new ControlError(400, `The value of the setting ${name} has the wrong type.`);
  }
  return Object.assign(settings, changes);
}
