import type { Findings } from '../../store/sync/changes.ts';

/** Puts together what was found out about several rows, to be recorded at once; of organizations at most one reading. */
export function mergeFindings(parts: readonly Findings[]): Findings {
  const { seen, gone, goneUsers } = Object.assign({}, ...parts) as Findings;
  const users = parts.flatMap(({ seenUsers }) => seenUsers ?? []);
  const [first] = users;
  return {
    outcomes: parts.flatMap(({ outcomes = [] }) => outcomes),
    marks: parts.flatMap(({ marks = [] }) => marks),
    written: parts.flatMap(({ written = [] }) => written),
    writtenUsers: parts.flatMap(({ writtenUsers = [] }) => writtenUsers),
    unlinkedUsers: parts.flatMap(({ unlinkedUsers = [] }) => unlinkedUsers),
    ...(seen && { seen }),
    ...(gone && { gone }),
    ...(first && { seenUsers: { users: users.flatMap((each) => each.users), askedAt: first.askedAt } }),
    ...(goneUsers && { goneUsers }),
  };
}
