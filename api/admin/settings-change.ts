import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import type { GoScope } from '../../domain/connection/go.ts';
import { reviewOf } from '../../domain/connection/review-settings.ts';
import { splitChange, type Configured } from '../../domain/connection/reviewed-settings.ts';
import type { Connection } from '../../store/connection/connections.ts';

/** The settings that act now, and those that wait for approval, if any do. */
export interface SettingsChange {
  readonly now: Configured<ConnectionSettings>;
  readonly proposed: Configured<ConnectionSettings> | undefined;
}

/**
 * Decides which settings of an applied file act at once. All do before the go, and with `review.changes: "off"`, which
 * acts at once itself.
 */
export function decideSettings(
  wanted: Configured<ConnectionSettings>,
  before: Connection | undefined,
  gos: readonly GoScope[],
): SettingsChange {
  const isImmediate = before === undefined || gos.length === 0 || reviewOf(wanted.settings).changes === 'off';
  if (isImmediate) return { now: wanted, proposed: undefined };
  const { now, waiting } = splitChange(before, wanted);
  return { now, proposed: waiting.length === 0 ? undefined : wanted };
}
