import type { Basis, Measured } from '../judge/basis.ts';
import type { Unmeasured } from '../judge/look.ts';
import type { TrialVerdict } from '../judge/trials/verdict.ts';
import type { Policy } from '../model/config.ts';
import type { Decision } from '../model/decision.ts';
import type { Doubts } from '../model/doubts.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Instant } from '../time.ts';

/** All that is known of one rollout at one moment, besides what its file says: a decision rests on this. */
export interface Known extends Omit<Measured, 'trial'> {
  /** What follows of a trial, and its verdict in words. */
  readonly trial?: Pick<TrialVerdict, 'does' | 'text'> | undefined;
  readonly now: Instant;
  readonly policy: Policy;
  /** The later of `status.since` and the last change to the file; absent before the start. */
  readonly entryStart?: Instant | undefined;
  /** It had started, and somebody took that back: by `git revert`, or by hand. */
  readonly startReverted?: boolean | undefined;
  /** This entry's revert: offered and open, or declined by a person who may. */
  readonly revert: Revert;
  /** Sluice's own reverts that are over and were no answer: what goes back is offered in their place. */
  readonly replaces: readonly Proposal[];
  /** The environment this one comes after; `breached` where the flag is completed there, and breaches a check now. */
  readonly after: 'none' | 'completed' | 'waiting' | 'breached';
  /** Many flags breach at once: only those worse than their own control are to blame. */
  readonly outage: boolean;
  /** A person said promote: rules 7 to 11 are overridden, a breach never. */
  readonly promoted: boolean;
  /** The config on the branch has errors: nothing goes up by an earlier one. */
  readonly badConfig: boolean;
  /** Required checks that could not protect whoever is exposed by a start; absent if nobody looked. */
  readonly unmeasured?: readonly Unmeasured[] | undefined;
  /** What targets could not carry out of a step up, where that is what would come next. */
  readonly uncompiled: readonly string[];
  /** What the status says and Sluice did not write; absent if that was not looked up. */
  readonly doubts?: Doubts | undefined;
}

/** One rollout at one moment: what its file says, all that is known of it, and what follows. */
export interface Assessment extends Known, Measured {
  readonly trial?: TrialVerdict | undefined;
  /** What the verdicts rest on, as long as the rollout is to move: days of a check are many numbers. */
  readonly basis?: Basis | undefined;
  readonly rollout: Rollout;
  readonly decision: Decision;
}

export type Revert =
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly openedAt: Instant }
  /** Closed by somebody who may not decline it: as if it were open, but nobody can merge it. */
  | { readonly state: 'closed'; readonly openedAt: Instant }
  /** `how`: who did it and what they did, in a sentence without a full stop. */
  | { readonly state: 'declined'; readonly how: string };

/** What is known of a rollout when nobody measured it or looked for its revert. */
export function nothingKnown(now: Instant, policy: Policy): Known & { readonly trial?: undefined } {
  return {
    now,
    policy,
    verdicts: [],
    revert: { state: 'none' },
    replaces: [],
    after: 'none',
    outage: false,
    promoted: false,
    badConfig: false,
    uncompiled: [],
  };
}
