import type { SupportLoad } from './support-load.ts';

/** The support status of an account in one word. */
export type SupportStatus = 'quiet' | 'active' | 'escalated';

/** The counts that a rule can use. */
export const RULE_COUNTS = ['open', 'pending', 'onHold', 'urgent', 'contactsWithOpen'] as const;

/** The counts from which on a status applies. One of them is enough. */
export type StatusRule = Readonly<Partial<Record<(typeof RULE_COUNTS)[number], number>>>;

/** The rules that determine the status of an account. */
export interface StatusRules {
  readonly escalated: StatusRule;
  readonly active: StatusRule;
}

/**
 * The rules in the settings of a connection (`annotation.status`). `DEFAULT_RULES` applies to a status without a rule.
 */
export type StatusSettings = { readonly [Status in keyof StatusRules]?: StatusRules[Status] | null };

/** Urgent or many open tickets escalate an account. Any unsolved ticket makes it active. */
const DEFAULT_RULES: StatusRules = {
  escalated: { urgent: 1, open: 10 },
  active: { open: 1, pending: 1, onHold: 1 },
};

/** Returns the rules of a connection: those of its settings, completed by the defaults. */
export function rulesOf(settings: StatusSettings): StatusRules {
  const { escalated, active } = settings;
  return { escalated: escalated ?? DEFAULT_RULES.escalated, active: active ?? DEFAULT_RULES.active };
}

/** Returns the status of a load: `escalated` or `active`, the first whose rule applies, or else `quiet`. */
export function supportStatusOf(load: SupportLoad, rules: StatusRules): SupportStatus {
  if (applies(rules.escalated, load)) return 'escalated';
  return applies(rules.active, load) ? 'active' : 'quiet';
}

function applies(rule: StatusRule, load: SupportLoad): boolean {
  return RULE_COUNTS.some((count) => {
    const from = rule[count];
    return from !== undefined && load[count] >= from;
  });
}
