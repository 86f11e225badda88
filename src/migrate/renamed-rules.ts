import { childOf, isMapping } from '../model/json.ts';
import type { Step } from './step.ts';

/**
 * Calls the rules of a review, as `policy.rules` of a config names them, by their new names.
 *
 * @param newNameOf what an old name has become; `undefined` for a name of today
 */
export function renamedRules(newNameOf: (rule: string) => string | undefined): Step {
  return {
    from: 1,
    to: 1,
    says: 'Call rules of the review by their new names',
    ofConfig: ({ value }) => {
      const rules = childOf(childOf(value, 'policy'), 'rules');
      return Object.keys(isMapping(rules) ? rules : {}).flatMap((rule) => {
        const name = newNameOf(rule);
        return name === undefined ? [] : [{ path: ['policy', 'rules', rule], name }];
      });
    },
    ofRollout: () => [],
  };
}
