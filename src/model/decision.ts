import type { Instant } from '../time.ts';
import type { Stage } from './rollout.ts';

/** Why a decision is what it is. A closed list: docs, tests and reports name these. */
export type WhyCode =
  // Safety
  | 'killed'
  | 'invalid'
  | 'ended'
  | 'breach'
  | 'breach-shared-with-control'
  | 'breach-in-outage'
  | 'revert-declined'
  | 'revert-open'
  | 'sample-ratio'
  | 'silent-treatment'
  | 'warning'
  | 'breach-pauses'
  | 'unavailable'
  // Progress
  | 'unknown-stage'
  | 'ladder-changed'
  | 'clock'
  | 'bad-config'
  | 'unconfirmed'
  | 'trial'
  | 'dwell'
  | 'insufficient'
  | 'outside-window'
  | 'frozen'
  | 'needs-approval'
  | 'needs-promotion'
  | 'not-compiled'
  | 'not-yet-started'
  | 'waiting-for-environment'
  | 'start-reverted'
  | 'checklist'
  | 'healthy'
  | 'dwell-over'
  // Rest
  | 'paused'
  | 'rolled-back'
  | 'degraded'
  | 'completed'
  | 'drifted'
  // Somebody asks who may not have the metrics read
  | 'not-measured'
  // A person said so
  | 'command';

export interface Why {
  readonly code: WhyCode;
  /** One sentence for people, without a full stop. */
  readonly text: string;
}

/** How a step back is written: to the branch at once, or offered as a revert for a person to merge. */
export type Lane = 'commit' | 'pull-request';

/** A step to less exposure, or to the fallback. */
export type StepBack =
  | {
      readonly kind: 'rollback';
      /** Absent: off. */
      readonly to?: Stage;
      readonly lane: Lane;
      readonly why: Why;
    }
  | { readonly kind: 'degrade'; readonly lane: Lane; readonly why: Why };

/** What a tick does with one rollout. */
export type Decision =
  | { readonly kind: 'none'; readonly why: Why }
  | {
      readonly kind: 'hold';
      readonly why: Why;
      /** When it may go on, where that is known. */
      readonly until?: Instant;
      /** What an open revert offers: it is carried out when nobody merges or declines it. */
      readonly offered?: StepBack;
      /** Somebody should hear of it. */
      readonly tell: boolean;
    }
  | { readonly kind: 'start'; readonly to: Stage; readonly why: Why }
  | { readonly kind: 'advance'; readonly from: Stage; readonly to: Stage; readonly why: Why }
  | { readonly kind: 'complete'; readonly why: Why }
  | { readonly kind: 'pause'; readonly why: Why }
  | StepBack
  | { readonly kind: 'kill'; readonly why: Why };

export type DecisionKind = Decision['kind'];
