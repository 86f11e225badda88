import { renamedRules } from './renamed-rules.ts';
import type { Step } from './step.ts';

/** Old names of rules of the review, and what they have become. */
const RENAMED_RULES: ReadonlyMap<string, string> = new Map();

/** Every step there is, the oldest first: `sluice migrate` takes the files through all of them. */
export const STEPS: readonly Step[] = [renamedRules((rule) => RENAMED_RULES.get(rule))];
