import type { RuleHead } from '../../model/review-rule.ts';

/**
 * A rule about the config alone. It is checked wherever the config is read, not in a review only: a
 * config that breaks one that is set to `error` is not valid.
 */
export interface ConfigRule extends RuleHead {
  readonly about: 'config';
}

export const advanceOutOfHours = {
  id: 'advance-out-of-hours',
  severity: 'warning',
  about: 'config',
  why: 'Flags that advance late in the day or before a weekend harm users while nobody is at work.',
} as const satisfies ConfigRule;

export const notifyNotSent = {
  id: 'notify-not-sent',
  severity: 'warning',
  about: 'config',
  why: 'This version sends no notifications, so nobody should wait for those that `notify` names.',
} as const satisfies ConfigRule;
