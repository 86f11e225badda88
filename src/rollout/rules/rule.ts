import type { Config } from '../../config/model.ts';
import type { Instant } from '../../time.ts';
import type { Finding } from '../../yaml/problem.ts';
import type { Rollout, Stage } from '../model.ts';

export interface ReviewContext {
  readonly config: Config;
  readonly now: Instant;
  /** The same file as it was, where a change is reviewed; `new` where there was none. */
  readonly before?: Rollout | 'new';
}

/** One rule of the review: nothing, or what it finds, under its own name as the code. */
export type Rule = (rollout: Rollout, context: ReviewContext) => readonly Finding[];

export function finding(
  severity: Finding['severity'],
  code: string,
  message: string,
  rest: Pick<Finding, 'path'> & Partial<Finding>,
): Finding {
  return { severity, code, message, ...rest };
}

/** Where a stage is written; the stages of a named ladder are not in this file. */
export function stagePath(stages: readonly Stage[], index: number, key: string): Finding['path'] {
  return stages[index] === undefined ? ['stages'] : ['stages', index, key];
}
