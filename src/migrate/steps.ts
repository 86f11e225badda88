import { RENAMED_RULES } from '../files/config/renamed-rules.ts';
import { renamedRules } from './renamed-rules.ts';
import type { Step } from './step.ts';

/** Old names of rules of the review. What became several rules stays as it is written, with a hint. */
const newNameOf = (rule: string): string | undefined => {
  const names: Readonly<Record<string, readonly string[]>> = RENAMED_RULES;
  const now = Object.hasOwn(names, rule) ? names[rule] : undefined;
  return now?.length === 1 ? now[0] : undefined;
};

/** Every step there is, the oldest first: `sluice migrate` takes the files through all of them. */
export const STEPS: readonly Step[] = [renamedRules(newNameOf)];
