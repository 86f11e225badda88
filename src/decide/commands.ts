import type { GuardedVerb, Policy } from '../model/config.ts';
import type { Decision } from '../model/decision.ts';
import { type Doubts, withoutVoid } from '../model/doubts.ts';
import { currentStage, isExposed, type Rollout, type Stage } from '../model/rollout.ts';
import { formatInstant, type Instant } from '../time.ts';
import { approvalsNeeded, ladderChanged } from './progress.ts';
import { describeShortfalls } from './reasons.ts';
import {
  approved,
  type FieldChange,
  paused,
  restarted,
  resumed,
  swaps,
  transition,
  unkilled,
} from './transition.ts';

/** Verbs that a person decides alone; `promote` also asks the metrics. */
export type Action = Exclude<GuardedVerb, 'promote'>;

/** What a command does to a rollout, or why it does nothing. */
export type Effect =
  | {
      readonly kind: 'change';
      readonly changes: readonly FieldChange[];
      /** The stage it leads to, where it leads to one. */
      readonly to?: string;
      /** What happens next, in a sentence. */
      readonly next: string;
    }
  | {
      readonly kind: 'nothing';
      /** Whether the rollout already is as the person wants it. */
      readonly already: boolean;
      readonly text: string;
    };

export interface ActionFacts {
  readonly now: Instant;
  readonly by: string;
  readonly reason: string;
  readonly policy: Policy;
  /** Somebody declined the revert of this entry, so that it holds until a person says resume. */
  readonly revertDeclined?: boolean;
  /** It had started and somebody took that back, so that it holds until a person says restart. */
  readonly startReverted?: boolean;
  /** The comment it was said in, if it was said in one. */
  readonly comment?: number;
  /** What the status says and Sluice did not write. */
  readonly doubts?: Doubts;
  /** The stage the person saw it in, where it has left that since they spoke. */
  readonly seenIn?: string;
  /** What targets could not carry out of the rollout as the command would leave it. */
  readonly uncompiled?: readonly string[];
}

/** What a person's command changes in a rollout's file. Pure; who may say it is asked elsewhere. */
export function act(verb: Action, rollout: Rollout, facts: ActionFacts): Effect {
  const effect = obey(verb, rollout, facts);
  const { uncompiled = [] } = facts;
  return effect.kind === 'change' && uncompiled.length > 0 && servesMore(verb, rollout)
    ? nothing(describeShortfalls(uncompiled))
    : effect;
}

/** Whether users get the treatment by a command who do not have it. */
function servesMore(verb: Action, rollout: Rollout): boolean {
  if (verb === 'unkill') return isExposed({ ...rollout, kill: false });
  return verb === 'resume' && isExposed(rollout) && rollout.status.serving === 'fallback';
}

function obey(verb: Action, rollout: Rollout, facts: ActionFacts): Effect {
  switch (verb) {
    case 'kill':
      return rollout.kill
        ? already('it is killed already')
        : change(
            [{ path: ['kill'], value: true }],
            'everybody gets the control until it is un-killed',
          );
    case 'unkill':
      return rollout.kill
        ? change(unkilled(rollout, facts.now), 'the clock of its stage starts again')
        : already('it is not killed');
    case 'rollback':
      return rollBack(rollout, facts);
    case 'pause':
      return pause(rollout, facts);
    case 'resume':
      return stillKilled(rollout, resume(rollout, facts));
    case 'restart':
      return rollout.status.phase === 'pending' && !facts.startReverted
        ? already('it has not started yet')
        : stillKilled(
            rollout,
            change(
              restarted(rollout),
              swaps(rollout)
                ? `\`${rollout.treatment}\` is the default now, and \`${rollout.control}\` is rolled out when its rules allow`
                : 'it is off now and starts again when its rules allow',
            ),
          );
    case 'approve':
      return approve(rollout, facts);
  }
}

/** A kill switch outlives whatever else is said. */
function stillKilled(rollout: Rollout, effect: Effect): Effect {
  return rollout.kill && effect.kind === 'change'
    ? { ...effect, next: `${effect.next}; it is still killed, so say unkill too` }
    : effect;
}

function rollBack(rollout: Rollout, { now, reason, by, seenIn }: ActionFacts): Effect {
  if (!isExposed(rollout)) return already('nobody is exposed');
  const at = currentStage(rollout);
  const seen = rollout.stages.findIndex(({ name }) => name === seenIn);
  // One stage back from where the person saw it: a bump that was quicker takes nothing from that.
  const from = at && seen >= 0 ? Math.min(seen, at.index) : at?.index;
  const previous =
    rollout.rollback.to === 'previous' && rollout.status.phase !== 'degraded' && from !== undefined
      ? rollout.stages[from - 1]
      : undefined;
  const decision: Decision = {
    kind: 'rollback',
    lane: 'commit',
    ...(previous ? { to: previous } : {}),
    why: { code: 'command', text: reason || `${by} said rollback` },
  };
  return {
    ...change(
      transition(rollout, decision, [], now),
      'nothing advances until somebody says resume or restart',
    ),
    ...(previous ? { to: previous.name } : {}),
  };
}

function pause(rollout: Rollout, { reason, by }: ActionFacts): Effect {
  const { phase } = rollout.status;
  if (phase === 'progressing' || phase === 'pending') {
    return change(paused(reason || `${by} said pause`), 'it stays here until somebody says resume');
  }
  return already(`it is ${phase} and does not move by itself`);
}

function resume(rollout: Rollout, { now, revertDeclined = false, doubts }: ActionFacts): Effect {
  const { phase } = rollout.status;
  if (phase === 'completed') return nothing('it is completed; there is nothing to go on with');
  if (phase === 'pending') return already('it has not started yet, and starts by itself');
  const at = currentStage(rollout);
  if (rollout.status.stage !== undefined && !at) {
    return nothing(`its stage \`${rollout.status.stage}\` is gone; put it back, or say restart`);
  }
  const waits = ladderChanged(rollout) || doubts?.ladder !== undefined || revertDeclined;
  if (phase === 'progressing' && !waits) return already('it is progressing');
  return {
    ...change(
      resumed(rollout, now),
      at
        ? `the clock of ${at.stage.name} starts again`
        : 'it is off and starts from the first stage when its rules allow',
    ),
    ...(at ? { to: at.stage.name } : {}),
  };
}

function approve(rollout: Rollout, { by, policy, comment, now, doubts }: ActionFacts): Effect {
  const next = nextStage(rollout);
  if (!next) return nothing('there is no stage left to approve');
  const needed = approvalsNeeded(rollout, next, policy);
  if (needed === 0) return nothing(`${next.name} needs no approval`);
  const given = withoutVoid(rollout, doubts).filter(({ stage }) => stage === next.name);
  if (given.some((approval) => approval.by === by)) {
    return already(`${by} has approved ${next.name} before`);
  }
  // The comment or the moment sets it apart from one that was listed by hand before.
  const said = comment === undefined ? { at: formatInstant(now) } : { comment };
  const left = needed - given.length - 1;
  return {
    ...change(
      approved(rollout, { by, stage: next.name, ...said }),
      left > 0
        ? `\`${next.name}\` needs ${left} more`
        : `\`${next.name}\` has all the approvals it needs`,
    ),
    to: next.name,
  };
}

/** The stage that comes next: the first, before the start. */
export function nextStage(rollout: Rollout): Stage | undefined {
  const at = currentStage(rollout);
  if (at) return rollout.stages[at.index + 1];
  return rollout.status.stage === undefined ? rollout.stages[0] : undefined;
}

const change = (changes: readonly FieldChange[], next: string) =>
  ({ kind: 'change', changes, next }) as const;

const already = (text: string): Effect => ({ kind: 'nothing', already: true, text });

const nothing = (text: string): Effect => ({ kind: 'nothing', already: false, text });
