import type { SupportLoad } from './support-load.ts';

/** How an account stands with support, in one word. */
export type SupportStatus = 'quiet' | 'active' | 'escalated';

/** The counts that a rule may look at. */
export const RULE_COUNTS = ['open', 'pending', 'onHold', 'urgent', 'contactsWithOpen'] as const;

/** From which counts on a status holds: any one of them is enough. */
export type StatusRule = Readonly<Partial<Record<(typeof RULE_COUNTS)[number], number>>>;

/** The rules by which an account's status is found. */
export interface StatusRules {
  readonly escalated: StatusRule;
  readonly active: StatusRule;
}

/** What a connection says of them (`annotation.status`); a status that it leaves out is as in `DEFAULT_RULES`. */
export type StatusSettings = { readonly [Status in keyof StatusRules]?: StatusRules[Status] | null };

/** Urgent open tickets or many open ones escalate an account; any unsolved one makes it active. */
const DEFAULT_RULES: StatusRules = {
  escalated: { urgent: 1, open: 10 },
  active: { open: 1, pending: 1, onHold: 1 },
};

/** The rules of a connection's settings, completed by the defaults; a status named there is as it is named. */
export function rulesOf(settings: StatusSettings): StatusRules {
  const { escalated, active } = settings;
  return { escalated: escalated ?? DEFAULT_RULES.escalated, active: active ?? DEFAULT_RULES.active };
}

/** The status of a load: the first of escalated and active whose rule holds, else quiet. */
export function supportStatusOf(load: SupportLoad, rules: StatusRules): SupportStatus {
  if (holds(rules.escalated, load)) return 'escalated';
  return holds(rules.active, load) ? 'active' : 'quiet';
}

function holds(rule: StatusRule, load: SupportLoad): boolean {
  return RULE_COUNTS.some((count) => {
    const from = rule[count];
    return from !== undefined && load[count] >= from;
  });
}
