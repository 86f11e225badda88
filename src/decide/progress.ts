import type { Policy } from '../model/config.ts';
import type { Decision, Why } from '../model/decision.ts';
import { describeVoid, withoutVoid } from '../model/doubts.ts';
import { currentStage, kindOf, type Rollout, type Stage } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { describeHours, windowAt } from '../model/window.ts';
import {
  approximateDuration,
  type Duration,
  formatInstant,
  type Instant,
  MINUTE,
} from '../time.ts';
import type { Facts } from './facts.ts';
import {
  describeLack,
  describeShortfalls,
  health,
  hold,
  holdAndTell,
  none,
  why,
} from './reasons.ts';
import { dueAt, goBack, laneFor } from './safety.ts';

/** A clock this far behind the entry is wrong, not late: as long as that, nothing is looked at. */
export const CLOCK_SLACK: Duration = 5 * MINUTE;

/** The rules of starting: `undefined` for a rollout that has started. */
export function start(rollout: Rollout, facts: Facts): Decision | undefined {
  if (rollout.status.phase !== 'pending') return undefined;
  const [first] = rollout.stages;
  if (first === undefined) return none('unknown-stage', 'it has no stages');
  const early = notYet(rollout, facts);
  if (early) return early;
  if (facts.after === 'waiting') {
    return hold('waiting-for-environment', `it is not completed in ${rollout.after} yet`);
  }
  if (facts.after === 'breached') {
    return hold('waiting-for-environment', `it breaches a check in ${rollout.after}`);
  }
  if (rollout.unchecked.length > 0) {
    return hold('checklist', `the checklist is not done: ${rollout.unchecked.join(', ')}`);
  }
  if (facts.startReverted && !facts.promoted) {
    return holdAndTell(
      'start-reverted',
      'it had started and a person took that back; say restart to let it start again',
    );
  }
  return (
    gates(rollout, first, facts) ??
    unreachable(facts) ?? {
      kind: 'start',
      to: first,
      why: why(facts.promoted ? 'command' : 'healthy', 'nothing holds the start'),
    }
  );
}

/** Nobody has it before its start. */
function notYet({ start }: Rollout, { now }: Facts): Decision | undefined {
  if (start === undefined || now >= start) return undefined;
  return hold('not-yet-started', `it starts at ${formatInstant(start)}`, start);
}

/** Rules 6 to 12, for a rollout that is progressing and that no rule of safety has stopped. */
export function progress(rollout: Rollout, facts: Facts): Decision {
  const at = currentStage(rollout);
  // A start that was moved to later took everybody out until then.
  const entryStart = Math.max(facts.entryStart ?? facts.now, rollout.start ?? 0);
  if (!at) {
    return holdAndTell(
      'unknown-stage',
      `there is no stage \`${rollout.status.stage}\` any more; put it back, or say restart`,
    );
  }
  const { stage, index } = at;
  const next = rollout.stages[index + 1];

  // [6] A revert of this entry is open, or a person declined it.
  if (facts.revert.state === 'closed') return afterClosing(rollout, facts, facts.revert);
  if (facts.revert.state === 'open') {
    const until = dueAt(rollout, facts.revert);
    const offered =
      facts.trial?.does === 'rollback'
        ? { offered: goBack(rollout, [], 'pull-request', why('trial', facts.trial.text)) }
        : {};
    return { ...hold('revert-open', 'a revert of this stage is open', until), ...offered };
  }
  if (facts.revert.state === 'declined') {
    return hold('revert-declined', `${facts.revert.how}; say resume to continue`);
  }
  if (ladderChanged(rollout)) {
    return holdAndTell(
      'ladder-changed',
      'the ladder changed in the config; say resume to go by the new one',
    );
  }
  if (facts.doubts?.ladder !== undefined) {
    return holdAndTell(
      'ladder-changed',
      `\`status.ladder\` does not count: ${facts.doubts.ladder}; say resume to go by the ladder as it is now`,
    );
  }
  const early = notYet(rollout, facts);
  if (early) return early;
  if (entryStart > facts.now + CLOCK_SLACK) {
    return holdAndTell(
      'clock',
      `the stage begins in the future (${formatInstant(entryStart)}); check the clocks`,
    );
  }
  if (facts.promoted) {
    const briefly = facts.verdicts.filter(looksHarmful).map(describeLack);
    if (briefly.length > 0) return hold('insufficient', briefly.join('; '));
  } else {
    const waiting = tried(rollout, facts) ?? unripe(stage, facts, entryStart);
    if (waiting) return waiting;
  }
  if (next === undefined) {
    return unreachable(facts) ?? { kind: 'complete', why: ripe(stage, facts) };
  }
  // [10] and [11], then [12]: one stage only, however late the tick is.
  return (
    gates(rollout, next, facts) ??
    unreachable(facts) ?? {
      kind: 'advance',
      from: stage,
      to: next,
      why: ripe(stage, facts),
    }
  );
}

/** [6] A revert that somebody closed who may not decline it still keeps the flag from going up. */
function afterClosing(
  rollout: Rollout,
  facts: Facts,
  revert: { readonly openedAt: Instant },
): Decision {
  if (facts.trial?.does === 'rollback') {
    const back = tried(rollout, facts);
    if (back) return back;
  }
  const text = 'the revert of this stage was closed by somebody who may not decline it';
  const until = dueAt(rollout, revert);
  return until === undefined
    ? holdAndTell('revert-open', `${text}; open it again to decide, or say rollback`)
    : hold('revert-open', text, until);
}

/** [7] What an experiment or a shadow run says, other than to wait or to go on. */
function tried(rollout: Rollout, facts: Facts): Decision | undefined {
  const { trial } = facts;
  if (trial?.does === 'pause') return { kind: 'pause', why: why('trial', trial.text) };
  if (trial?.does === 'blind') return hold('unavailable', trial.text);
  if (trial?.does !== 'rollback') return undefined;
  const lane = laneFor(rollout, facts);
  const reason = why('trial', trial.text);
  // A revert that is open has been met with before.
  return lane.kind === 'go' ? goBack(rollout, [], lane.lane, reason) : undefined;
}

/** [7] to [9]: the stage itself is not ready to end. */
function unripe(stage: Stage, facts: Facts, entryStart: Instant): Decision | undefined {
  const { now, trial } = facts;
  // [8] Dwell; a shorter one where every check is proven to keep to its limits.
  const { duration, minDuration = duration } = stage;
  const early = !trial && facts.verdicts.length > 0 && facts.verdicts.every(isProven);
  const dwell = early ? minDuration : duration;
  if (now < entryStart + dwell) {
    return hold(
      'dwell',
      `in ${stage.name} for at least ${approximateDuration(dwell)}`,
      entryStart + dwell,
    );
  }
  // [9] Too little data: wait for it until the stage's longest time, then ask a person.
  const lacking = facts.verdicts.filter((verdict) => lacksData(verdict, stage)).map(describeLack);
  const giveUp = entryStart + stage.maxDuration;
  // [7] An experiment or a shadow run that has not said yes.
  if (trial?.does === 'wait') {
    if (lacking.length === 0 && now < giveUp) return hold('trial', trial.text, giveUp);
    lacking.push(trial.text);
  }
  if (lacking.length === 0) return undefined;
  const { doubts } = facts;
  if (doubts?.baseline !== undefined) {
    lacking.push(
      `\`status.baseline\` does not count: ${doubts.baseline}; only a promote goes on without it`,
    );
  }
  return now < giveUp
    ? hold('insufficient', lacking.join('; '), giveUp)
    : {
        kind: 'pause',
        why: why('insufficient', `${lacking.join('; ')}, for the stage's longest time`),
      };
}

const isProven = (verdict: Verdict): boolean => verdict.kind === 'pass' && verdict.proven === true;

/**
 * Past its limit, though not for long enough yet to be a breach. Where a breach would only be told,
 * what may become one holds nothing.
 */
function looksHarmful(verdict: Verdict): boolean {
  return isBrief(verdict) && verdict.check.onBreach !== 'warn';
}

const isBrief = (verdict: Verdict): boolean =>
  verdict.kind === 'insufficient' && verdict.reason === 'over-limit-briefly';

/** A cohort goes by its absolute limits alone: it is neither large nor like everyone else. */
function lacksData(verdict: Verdict, stage: Stage): boolean {
  if (verdict.kind !== 'insufficient') return false;
  // What looks like harm holds even where the check is not required.
  if (isBrief(verdict)) return looksHarmful(verdict);
  if (!verdict.check.required) return false;
  const cohort = kindOf(stage) === 'cohort';
  return !(cohort && (verdict.reason === 'no-control' || verdict.reason === 'too-few-samples'));
}

/** [10] and [11]: the calendar and the people. */
function gates(rollout: Rollout, next: Stage, facts: Facts): Decision | undefined {
  if (facts.promoted) return undefined;
  const window = windowAt(facts.now, facts.policy);
  if (window.kind === 'closed') {
    return window.why === 'freeze'
      ? hold(
          'frozen',
          `frozen${window.freeze?.reason ? `: ${window.freeze.reason}` : ''}`,
          window.opens,
        )
      : hold(
          'outside-window',
          `outside the hours in which flags advance (${describeHours(facts.policy)})`,
          window.opens,
        );
  }
  const needed = approvalsNeeded(rollout, next, facts.policy);
  const given = new Set(
    withoutVoid(rollout, facts.doubts)
      .filter(({ stage }) => stage === next.name)
      .map(({ by }) => by),
  ).size;
  if (given < needed) {
    const voided = facts.doubts?.approvals.filter(({ approval }) => approval.stage === next.name);
    const others = voided?.length ? `; ${describeVoid(voided)}` : '';
    return holdAndTell(
      'needs-approval',
      `${next.name} needs ${needed === 1 ? 'an approval' : `${needed} approvals`} of ${rollout.owners.join(', ')}, and has ${given}${others}`,
    );
  }
  if (!rollout.autoPromote) {
    return holdAndTell('needs-promotion', `ready for ${next.name}; an owner must say promote`);
  }
  return undefined;
}

/** A stage that users would not get is not entered, whoever says so: its evidence would be of nobody. */
function unreachable({ uncompiled }: Facts): Decision | undefined {
  return uncompiled.length === 0
    ? undefined
    : holdAndTell('not-compiled', describeShortfalls(uncompiled));
}

/** Approvals before a stage begins; the risk may ask for some before the first. */
export function approvalsNeeded(rollout: Rollout, stage: Stage, policy: Policy): number {
  const first = rollout.stages[0]?.name === stage.name;
  return Math.max(stage.approvals, first ? policy.risk[rollout.risk].approvals : 0);
}

/** A named ladder that is not what it was when the rollout started. */
export function ladderChanged({ ladder, status }: Rollout): boolean {
  return (
    status.ladder !== undefined && (ladder.kind !== 'named' || ladder.digest !== status.ladder)
  );
}

function ripe(stage: Stage, { promoted, verdicts, now, entryStart, trial }: Facts): Why {
  if (promoted) return why('command', 'a person said promote');
  const said = trial === undefined ? '' : `${trial.text}; `;
  const spent = approximateDuration(now - (entryStart ?? now));
  return why(
    trial?.does === 'advance' ? 'trial' : 'dwell-over',
    `${said}${spent} in ${stage.name}, and ${health(verdicts)}`,
  );
}
