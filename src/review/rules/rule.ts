import type { Config } from '../../model/config.ts';
import type { Finding } from '../../model/problem.ts';
import type { Rollout, Stage } from '../../model/rollout.ts';
import type { Instant } from '../../time.ts';
import type { Difference } from '../difference.ts';

export interface ReviewContext {
  readonly config: Config;
  readonly now: Instant;
  /** The same file as it was, where a change is reviewed; `new` where there was none. */
  readonly before?: Rollout | 'new';
  /** The same file was invalid: its status as it was written, compared with that of the change. */
  readonly wasInvalid?: 'with-this-status' | 'with-another-status' | 'unreadable';
  /** What the change does to users at once, where there was a valid file before. */
  readonly users?: UserChange;
}

/** A change to who gets what, in words where it is about users. */
export interface UserChange extends Pick<Difference, 'exposed' | 'others' | 'redrawn' | 'dates'> {
  /** Who is in besides, and who is in no more: `5 %`, `25 % of au, nz`. */
  readonly more: readonly string[];
  readonly fewer: readonly string[];
  /** Segments of users who are in, that are told by something else now. */
  readonly segments: readonly string[];
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
