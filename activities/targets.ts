import type { RecordKind } from '../domain/sync/record.ts';
import { ORGANIZATIONS } from './accounts/organization-target.ts';
import type { Target } from './sync/target.ts';
import { USERS } from './contacts/user-target.ts';

/** The target of a kind of record. */
export function targetOf(kind: RecordKind): Target {
  return kind === 'contact' ? USERS : ORGANIZATIONS;
}
