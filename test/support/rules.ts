import type { RuleId } from '../../src/model/config.ts';
import { ALL_RULES } from '../../src/review/rules.ts';

/**
 * The `rules:` of a policy in which all but these are off, in flow style. A test that says all that
 * is found is about some rules: what others find, of which there may be more one day, is not its
 * matter.
 */
export function onlyRules(...on: readonly RuleId[]): string {
  const off = ALL_RULES.filter(({ id }) => !on.includes(id));
  return `{${off.map(({ id }) => `${id}: 'off'`).join(', ')}}`;
}
