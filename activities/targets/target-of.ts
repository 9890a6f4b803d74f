import type { RecordKind } from '../../domain/record.ts';
import { ORGANIZATIONS } from './organizations.ts';
import type { Target } from './target.ts';
import { USERS } from './users.ts';

/** The target of a kind of record. */
export function targetOf(kind: RecordKind): Target {
  return kind === 'contact' ? USERS : ORGANIZATIONS;
}
