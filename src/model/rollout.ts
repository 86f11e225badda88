import type { Duration, Instant } from '../time.ts';
import type { Check } from './check.ts';
import type { Json } from './json.ts';
import type { Trial, TrialSpec } from './trial.ts';

export type Risk = 'low' | 'medium' | 'high';
export type Strategy = 'canary' | 'ring' | 'percentage' | 'blue-green' | 'shadow' | 'ab-test';
export type Phase = 'pending' | 'progressing' | 'paused' | 'rolled-back' | 'degraded' | 'completed';
export type Serving = 'treatment' | 'fallback' | 'control';

/** One flag in one environment, read from its file, short forms written out. */
export interface Rollout {
  /** `new-checkout@production`: what commands, trailers and reports call it. */
  readonly key: string;
  /** Path in the repository. */
  readonly file: string;
  readonly flag: string;
  readonly environment: string;
  readonly after?: string;
  readonly description: string;
  readonly owners: readonly string[];
  readonly risk: Risk;
  readonly expires?: Instant;
  readonly strategy: Strategy;
  /** In the order of the file. */
  readonly variants: Readonly<Record<string, Json>>;
  readonly treatment: string;
  readonly control: string;
  readonly fallback: string;
  readonly bucketBy: string;
  readonly allow: readonly string[];
  readonly block: readonly string[];
  readonly start?: Instant;
  readonly end?: Instant;
  readonly ladder: Ladder;
  readonly stages: readonly Stage[];
  /** What some stages are to find out, by their names. */
  readonly trials: ReadonlyMap<string, Trial>;
  readonly checks: readonly Check[];
  readonly autoPromote: boolean;
  readonly rollback: RollbackPolicy;
  readonly labels: Readonly<Record<string, string>>;
  /** Lines of the checklist that say false. */
  readonly unchecked: readonly string[];
  readonly successCriteria: readonly string[];
  readonly kill: boolean;
  readonly status: Status;
}

/** Where the stages come from. A named ladder may change in the config under a running rollout. */
export type Ladder =
  | { readonly kind: 'named'; readonly name: string; readonly digest: string }
  | { readonly kind: 'inline' };

export interface Stage {
  readonly name: string;
  /** Percent, 0 to 100; `undefined` means all users that its lists name. */
  readonly percentage?: number;
  readonly segments: readonly string[];
  readonly regions: readonly string[];
  readonly tiers: readonly string[];
  /** The dwell. */
  readonly duration: Duration;
  /** The dwell where every check is proven to keep well inside its limits. */
  readonly minDuration?: Duration;
  readonly maxDuration: Duration;
  readonly approvals: number;
  readonly shadow: boolean;
  /** In a shadow stage, the share of requests that is mirrored, from 0 to 1. 1 unless given. */
  readonly mirror?: number;
  /** What is to be found out before it ends. */
  readonly trial?: TrialSpec;
}

export interface RollbackPolicy {
  readonly via: 'pull-request' | 'commit';
  readonly to: 'previous' | 'off';
  readonly commitAfter: Duration | 'never';
  readonly autoMerge: boolean;
}

export interface Approval {
  readonly by: string;
  readonly stage: string;
  /** On GitHub: the number of the comment it was given in. */
  readonly comment?: number;
  /** On a local repository: when it was given, as the file writes it. */
  readonly at?: string;
}

/** Where a rollout stands, as its file says. */
export interface Status {
  readonly phase: Phase;
  /** Absent before the start, and where it is off. */
  readonly stage?: string;
  readonly since?: Instant;
  readonly started?: Instant;
  readonly serving: Serving;
  readonly approvals: readonly Approval[];
  /** The how-manieth try this is, from 1: each has a share of its own of what chance may do. */
  readonly entry: number;
  readonly baseline: Readonly<Record<string, number>>;
  /** Levels of the treatment on completion, where a check looks at drift. */
  readonly levels?: Readonly<Record<string, number>>;
  readonly ladder?: string;
  readonly reason?: string;
}

/** How users enter a stage: by percentage, by list, all of them, or none (mirrored traffic). */
export type StageKind = 'randomised' | 'cohort' | 'everyone' | 'shadow';

/** What kind of stage this is; only a randomised one has a control arm to compare with. */
export function kindOf(stage: Stage): StageKind {
  if (stage.shadow) return 'shadow';
  if (stage.percentage !== undefined && stage.percentage < 100) return 'randomised';
  return isTargeted(stage) ? 'cohort' : 'everyone';
}

/** Whether a stage names users by segment, region or tier. */
export function isTargeted(stage: Pick<Stage, 'segments' | 'regions' | 'tiers'>): boolean {
  return stage.segments.length + stage.regions.length + stage.tiers.length > 0;
}

/** The stage a status names, with its place in the ladder; `undefined` where there is none. */
export function currentStage(
  rollout: Pick<Rollout, 'stages' | 'status'>,
): { readonly stage: Stage; readonly index: number } | undefined {
  const index = rollout.stages.findIndex((stage) => stage.name === rollout.status.stage);
  const stage = rollout.stages[index];
  return stage ? { stage, index } : undefined;
}

/** Whether anybody gets something other than control because of this rollout. */
export function isExposed(rollout: Rollout): boolean {
  const { phase, stage, serving } = rollout.status;
  return !rollout.kill && phase !== 'pending' && stage !== undefined && serving !== 'control';
}
