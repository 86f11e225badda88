import type { Duration, Instant } from '../time.ts';
import type { Check } from './check.ts';
import type { UnavailableReason } from './measurement.ts';

/** Why there is too little to say. Each is a named reason to hold, never a pass. */
export type InsufficientReason =
  | 'settling' // the entry is too young for evidence of its own
  | 'no-data' // the query found nothing
  | 'no-traffic' // a proportion of nothing
  | 'no-buckets' // what was selected as a histogram's buckets has no bounds
  | 'beyond-buckets' // the limit lies above the last bound that the histogram has
  | 'nan'
  | 'infinite'
  | 'silent-treatment' // control reports and treatment does not, though it should by now
  | 'silent-control' // treatment reports and the control that it is compared with does not
  | 'never-seen' // no series of any flag has the events, in a month
  | 'vanished' // there were events, and by now there should be more
  | 'too-good' // so few events beside control's that the query may not see them
  | 'too-few-samples'
  | 'no-control' // a cohort cannot be compared with everyone else
  | 'no-baseline' // nothing to be relative to
  | 'unproven' // no breach, and no proof of keeping to the limits where the check asks for one
  | 'over-limit-briefly'; // over the limit, but not yet for as long as a breach must last

export type LimitName = 'max' | 'min' | 'max_increase' | 'max_decrease' | 'max_ratio';

/** One limit, as the number that the value was held against. */
export interface LimitCheck {
  readonly name: LimitName;
  readonly level: 'breach' | 'warn';
  /** In the metric's unit. */
  readonly threshold: number;
  readonly over: boolean;
}

export interface BaselineLevel {
  readonly from: 'control' | 'offset' | 'before-start' | 'value' | 'pinned';
  readonly value: number;
}

/** What a sequential test says of one limit: as sure as it is, however often one looked. */
export interface Tested {
  readonly name: LimitName;
  readonly level: LimitCheck['level'];
  /** `inside`: proven to keep to the limit. */
  readonly says: 'breach' | 'inside' | 'undecided';
  /** What the interval is about: treatment over control, treatment minus control, or the treatment. */
  readonly of: 'ratio' | 'difference' | 'value';
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** Since when the evidence of a breach counted. */
  readonly since?: Instant;
}

/** How a metric stands to the level it had when everybody was first served. */
export interface Drift {
  /** The mean of the looks. */
  readonly level?: number;
  readonly over: Duration;
  readonly points: number;
  /** Against the pinned level, where there is one. */
  readonly against?: {
    readonly pinned: number;
    readonly threshold: number;
    readonly kind: 'steady' | 'drift' | 'insufficient';
  };
}

/** What a verdict rests on. Values are in the metric's unit. */
export interface Evidence {
  /** The query that was asked, placeholders filled in; a proportion's events. */
  readonly query: string;
  readonly window: Duration;
  readonly value?: number;
  readonly control?: number;
  readonly baseline?: BaselineLevel;
  readonly samples?: number;
  readonly samplesNeeded?: number;
  readonly limits: readonly LimitCheck[];
  readonly controlSamples?: number;
  readonly tested?: readonly Tested[];
  /** How long a breach must last, and how long this one has, by what was sampled. */
  readonly lasting?: { readonly needed: Duration; readonly seen: Duration };
  /** Where the check looks at drift, once everybody is served. */
  readonly drift?: Drift;
  /** What the provider warned of. */
  readonly warnings: readonly string[];
  /** The samples behind `value`, oldest first, for charts. */
  readonly points: readonly { readonly at: Instant; readonly value: number }[];
}

export type Verdict = {
  readonly check: Check;
  readonly evidence: Evidence;
} /** `proven`: every limit is, with room to spare. */ & (
  | { readonly kind: 'pass'; readonly proven?: boolean }
  | {
      readonly kind: 'warn' | 'breach';
      readonly versusControl: VersusControl;
      readonly far: boolean;
    }
  | {
      readonly kind: 'insufficient';
      readonly reason: InsufficientReason;
      /** When there may be enough, where that is known. */
      readonly until?: Instant;
    }
  | { readonly kind: 'unavailable'; readonly reason: UnavailableReason; readonly detail: string }
);

/**
 * How the treatment stands against its own control at this moment. `shared` means control is past
 * the same absolute limit and treatment is no worse: whatever is wrong, it is not the flag.
 */
export type VersusControl = 'worse' | 'shared' | 'unknown';
