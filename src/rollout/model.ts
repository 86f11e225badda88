import type { Duration, Instant } from '../time.ts';
import type { Json } from '../yaml/json.ts';
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

/** What a metric must keep to. Absolute limits are in the metric's unit. */
export interface Limits {
  readonly max?: number;
  readonly min?: number;
  readonly maxIncrease?: Change;
  readonly maxDecrease?: Change;
  readonly maxRatio?: number;
}

/** A distance from the baseline: `relative` 0.05 is 5 % of it, `absolute` is in the metric's unit. */
export interface Change {
  readonly kind: 'relative' | 'absolute';
  readonly by: number;
}

export type Baseline =
  | { readonly kind: 'control' }
  | { readonly kind: 'offset'; readonly by: Duration }
  | { readonly kind: 'before-start'; readonly over: Duration }
  | { readonly kind: 'value'; readonly value: number };

export type OnBreach = 'rollback' | 'degrade' | 'pause' | 'warn';

/** A metric with the limits this rollout holds it to. */
export interface Check {
  readonly metric: Metric;
  readonly limits: Limits;
  readonly warn: Limits;
  /** How long a breach must last; 0 means it counts at once. */
  readonly for: Duration;
  readonly window: Duration;
  readonly baseline: Baseline;
  /** The least observations of the treatment, and after how long fewer will do. */
  readonly minSamples?: { readonly count: number; readonly orAfter?: Duration };
  /** No advance before the treatment is proven to keep to the limits. */
  readonly proof: boolean;
  readonly required: boolean;
  readonly onBreach: OnBreach;
  /** How far the metric may fall behind its level on completion (0.05 is 5 % of it), all of a while. */
  readonly drift?: { readonly by: number; readonly over: Duration };
}

export type Unit = 'ratio' | 'seconds' | 'milliseconds' | 'count' | 'currency' | 'bytes' | 'score';

interface MetricBase {
  readonly name: string;
  /** A provider of the config. */
  readonly provider: string;
  readonly category: 'technical' | 'business' | 'experience';
  readonly unit: Unit;
  readonly window: Duration;
  readonly for: Duration;
  readonly limits: Limits;
  readonly warn: Limits;
  readonly baseline: Baseline;
}

export interface Gauge extends MetricBase {
  readonly kind: 'gauge';
  readonly query: string;
  readonly samples?: string;
}

/** Events out of a total, both counted by counters. */
export interface Proportion extends MetricBase {
  readonly kind: 'proportion';
  readonly events: string;
  readonly total: string;
}

/** A mean, by the counters that its variance can be told from. */
export interface Mean extends MetricBase {
  readonly kind: 'mean';
  readonly count: string;
  readonly sum: string;
  readonly sumOfSquares: string;
}

/** How something is spread out: by a histogram's buckets, or by a number looked at over time. */
export interface Distribution extends MetricBase {
  readonly kind: 'distribution';
  /** Which of its quantiles the limits are about: 0.99 is the level that one in a hundred is above. */
  readonly quantile: number;
  readonly from:
    | { readonly kind: 'buckets'; readonly buckets: string }
    | { readonly kind: 'samples'; readonly query: string };
}

export type Metric = Gauge | Proportion | Mean | Distribution;

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
