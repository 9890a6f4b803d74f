import type { TargetName } from '../domain/entity-spec.ts';
import { ORGANIZATIONS } from './accounts/organization-target.ts';
import { USERS } from './contacts/user-target.ts';
import type { Target } from './sync/target.ts';

const TARGETS: Readonly<Record<TargetName, Target>> = { organization: ORGANIZATIONS, user: USERS };

/** Returns the target with this name. */
export function targetOf(name: TargetName): Target {
  return TARGETS[name];
}
