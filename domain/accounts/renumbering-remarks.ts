import { fieldIgnored, withRepairs, type Rejection, type Remark } from '../sync/rejection.ts';
import type { ErpRecord } from '../sync/record.ts';

/** Remarks that an account has another number in F&O than before, and kept its organization. */
function renumbered(formerKey: string): Remark<'renumbered'> {
  return {
    code: 'renumbered',
    message: `The account had the number ${formerKey} in Dynamics 365 before. Its organization with all tickets and its annotation belong to the new number now.`,
    action: 'No action is needed.',
  };
}

/**
 * Rejects a new number because it may be the new number of several accounts of the same party, or the party has further
 * accounts. `formerKeys` are the numbers that are gone.
 */
export function renumberingUnclear(
  { key }: Pick<ErpRecord, 'key'>,
  formerKeys: readonly string[],
  externalId: string,
): Rejection {
  return {
    code: 'renumbering_unclear',
    message: `The number ${key} is new in Dynamics 365 and has the same party as ${formerKeys.join(', ')}, which Dynamics 365 no longer has under that number or which is being written now. It is not clear whether the account was renumbered, so no organization is created.`,
    action: `If the account was renumbered, set the external id of its organization in Zendesk to "${externalId}". If it is a further account, create an organization with that external id. Then run \`ledgerdesk retry ID --code renumbering_unclear\`.`,
  };
}

/**
 * Rejects a number that another account may have now, because the account that had it may have another number, which is
 * unclear itself. `formerKeys` are the numbers that are gone.
 */
export function numberHeld({ key }: Pick<ErpRecord, 'key'>, formerKeys: readonly string[]): Rejection {
  return {
    code: 'renumbering_unclear',
    message: `The number ${key} has the party of ${formerKeys.join(', ')} in Dynamics 365 now, which Dynamics 365 no longer has under that number. It is not clear which number the account has now that had ${key} before, so no organization is changed.`,
    action: `Decide about the new numbers of which ${key} is a former one. They are listed with the same code (\`ledgerdesk records ID --code renumbering_unclear\`). The next run then updates this one, too.`,
  };
}

/** The listed remark on a former number that may have a new number, which is listed with the same code. */
export const FORMER_OF_UNCLEAR: Rejection = {
  code: 'renumbering_unclear',
  message:
    'Dynamics 365 no longer has this account, but it has a new account of the same party. It is not clear whether the account was renumbered. Its organization stays in Zendesk as it is.',
  action:
    'See the new account, which is listed with the same code (`ledgerdesk records ID --code renumbering_unclear`). No action is needed if this account was deleted in Dynamics 365.',
};

/** An account with what a remark on it needs. `formerKey` is its last number before the current one, if it had one. */
interface RemarkedAccount {
  readonly record: Pick<ErpRecord, 'repaired'>;
  readonly formerKey?: string | null;
}

/** Returns the remark on an account that is written or needs no change, or null. */
export function accountRemark({ record, formerKey }: RemarkedAccount, ignored: readonly string[]): Remark | null {
  const former = typeof formerKey === 'string' ? renumbered(formerKey) : null;
  return withRepairs(record.repaired, ignored.length === 0 ? former : fieldIgnored(ignored));
}
