import type { ErpRecord } from '../sync/record.ts';
import { MAX_NAME_LENGTH, plainName, shortened } from '../sync/record-name.ts';

/**
 * Returns the names that an account may take, the best first: its plain name, then names with a suffix that other
 * accounts of that name do not have. The last one is unique among accounts, so only an organization that a person
 * created can hold it.
 */
export function nameCandidates(account: ErpRecord): readonly string[] {
  const { legalEntity, kind, key } = account;
  const suffixes = [key, `${legalEntity} ${key}`, `${legalEntity} ${kind} ${key}`];
  return [plainName(account), ...suffixes.map((suffix) => withSuffix(account, ` (${suffix})`))];
}

function withSuffix(account: ErpRecord, suffix: string): string {
  return shortened(plainName(account), MAX_NAME_LENGTH - suffix.length) + suffix;
}
