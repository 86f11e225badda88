import type { Policy, RuleId } from './config.ts';
import type { Finding } from './problem.ts';

/** What every rule of a review says of itself; the table of rules in the docs is made from it. */
export interface RuleHead {
  /** The code of its findings, and its key in `policy.rules`. */
  readonly id: RuleId;
  /** How grave a finding is, unless `policy.rules` says otherwise. */
  readonly severity: Finding['severity'];
  /** Of a rule that is an error: when a finding is only a warning. */
  readonly warnsWhen?: string;
  /** Why there is the rule, in one sentence. */
  readonly why: string;
}

/** What a rule finds. Its code is the rule's id, so that it can be no other. */
export interface Found extends Omit<Finding, 'code' | 'severity'> {
  /** Where a rule that is an error only warns. */
  readonly severity?: 'warning';
}

/** What a rule found, as strict as the policy has it. */
export function asFindings(
  { id, severity }: RuleHead,
  found: readonly Found[],
  { rules }: Pick<Policy, 'rules'>,
): readonly Finding[] {
  const set = rules[id];
  if (set === 'off') return [];
  return found.map((each) => ({ ...each, severity: set ?? each.severity ?? severity, code: id }));
}
