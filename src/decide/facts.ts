import type { SplitVerdict } from '../judge/split.ts';
import type { TrialVerdict } from '../judge/trials/verdict.ts';
import type { Policy } from '../model/config.ts';
import type { Doubts } from '../model/doubts.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Instant } from '../time.ts';

/** All that a decision rests on besides the rollout itself. */
export interface Facts {
  readonly now: Instant;
  /** The later of `status.since` and the last change to the file; absent before the start. */
  readonly entryStart?: Instant;
  /** It had started, and somebody took that back: by `git revert`, or by hand. */
  readonly startReverted?: boolean;
  /** One a check, in the order of the file; empty where nobody is exposed. */
  readonly verdicts: readonly Verdict[];
  readonly policy: Policy;
  /** This entry's revert: offered and open, or declined by a person who may. */
  readonly revert: Revert;
  /** The environment this one comes after; `breached` where the flag is completed there, and breaches a check now. */
  readonly after: 'none' | 'completed' | 'waiting' | 'breached';
  /** Many flags breach at once: only those worse than their own control are to blame. */
  readonly outage: boolean;
  /** Whether users are split as the stage asks; absent where nobody counts them. */
  readonly split?: SplitVerdict;
  /** A person said promote: rules 7 to 11 are overridden, a breach never. */
  readonly promoted: boolean;
  /** What targets could not carry out of a step up, where that is what would come next. */
  readonly uncompiled: readonly string[];
  /** What the status says and Sluice did not write; absent if that was not looked up. */
  readonly doubts?: Doubts;
  /** What an experiment or a shadow run says of the stage, where it is one. */
  readonly trial?: TrialFact;
}

export type Revert =
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly openedAt: Instant }
  /** Closed by somebody who may not decline it: as if it were open, but nobody can merge it. */
  | { readonly state: 'closed'; readonly openedAt: Instant }
  /** `how`: who did it and what they did, in a sentence without a full stop. */
  | { readonly state: 'declined'; readonly how: string };

/** What follows of a trial, and its verdict in words. */
export type TrialFact = Pick<TrialVerdict, 'does' | 'text'>;
