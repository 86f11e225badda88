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
import type { Known } from './assessment.ts';
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
export function start(rollout: Rollout, known: Known): Decision | undefined {
  if (rollout.status.phase !== 'pending') return undefined;
  const [first] = rollout.stages;
  if (first === undefined) return none('unknown-stage', 'it has no stages');
  const early = notYet(rollout, known);
  if (early) return early;
  if (known.after === 'waiting') {
    return hold('waiting-for-environment', `it is not completed in ${rollout.after} yet`);
  }
  if (known.after === 'breached') {
    return hold('waiting-for-environment', `it breaches a check in ${rollout.after}`);
  }
  if (rollout.unchecked.length > 0) {
    return hold('checklist', `the checklist is not done: ${rollout.unchecked.join(', ')}`);
  }
  if (known.startReverted && !known.promoted) {
    return holdAndTell(
      'start-reverted',
      'it had started and a person took that back; say restart to let it start again',
    );
  }
  return (
    gates(rollout, first, known) ??
    blindStart(known) ??
    unreachable(known) ?? {
      kind: 'start',
      to: first,
      why: why(known.promoted ? 'command' : 'healthy', 'nothing holds the start'),
    }
  );
}

/**
 * Nobody is exposed whom nothing can protect: each required check has an answer now, for control. Where
 * the provider answers and knows nothing, a person may say that this is as it should be.
 */
function blindStart({ unmeasured = [], promoted }: Known): Decision | undefined {
  const missing = promoted ? unmeasured.filter(({ reason }) => reason !== 'no-data') : unmeasured;
  const [first] = missing;
  if (first === undefined) return undefined;
  const code = missing.every(({ reason }) => reason === 'no-data') ? 'insufficient' : 'unavailable';
  const text = missing.map(({ metric, detail }) => `${metric}: ${detail}`).join('; ');
  return holdAndTell(code, `it does not start unseen; ${text}`);
}

/** Nobody has it before its start. */
function notYet({ start }: Rollout, { now }: Known): Decision | undefined {
  if (start === undefined || now >= start) return undefined;
  return hold('not-yet-started', `it starts at ${formatInstant(start)}`, start);
}

/** Rules 6 to 12, for a rollout that is progressing and that no rule of safety has stopped. */
export function progress(rollout: Rollout, known: Known): Decision {
  const at = currentStage(rollout);
  // A start that was moved to later took everybody out until then.
  const entryStart = Math.max(known.entryStart ?? known.now, rollout.start ?? 0);
  if (!at) {
    return holdAndTell(
      'unknown-stage',
      `there is no stage \`${rollout.status.stage}\` any more; put it back, or say restart`,
    );
  }
  const { stage, index } = at;
  const next = rollout.stages[index + 1];

  // [6] A revert of this entry is open, or a person declined it.
  if (known.revert.state === 'closed') return afterClosing(rollout, known, known.revert);
  if (known.revert.state === 'open') {
    const until = dueAt(rollout, known.revert);
    const offered =
      known.trial?.does === 'rollback'
        ? { offered: goBack(rollout, [], 'pull-request', why('trial', known.trial.text)) }
        : {};
    return { ...hold('revert-open', 'a revert of this stage is open', until), ...offered };
  }
  if (known.revert.state === 'declined') {
    return hold('revert-declined', `${known.revert.how}; say resume to continue`);
  }
  if (ladderChanged(rollout)) {
    return holdAndTell(
      'ladder-changed',
      'the ladder changed in the config; say resume to go by the new one',
    );
  }
  if (known.doubts?.ladder !== undefined) {
    return holdAndTell(
      'ladder-changed',
      `\`status.ladder\` does not count: ${known.doubts.ladder}; say resume to go by the ladder as it is now`,
    );
  }
  const early = notYet(rollout, known);
  if (early) return early;
  if (entryStart > known.now + CLOCK_SLACK) {
    return holdAndTell(
      'clock',
      `the stage begins in the future (${formatInstant(entryStart)}); check the clocks`,
    );
  }
  if (known.promoted) {
    const briefly = known.verdicts.filter(looksHarmful).map(describeLack);
    if (briefly.length > 0) return hold('insufficient', briefly.join('; '));
  } else {
    const waiting = tried(rollout, known) ?? unripe(stage, known, entryStart);
    if (waiting) return waiting;
  }
  if (next === undefined) {
    return unreachable(known) ?? { kind: 'complete', why: ripe(stage, known) };
  }
  // [10] and [11], then [12]: one stage only, however late the tick is.
  return (
    gates(rollout, next, known) ??
    unreachable(known) ?? {
      kind: 'advance',
      from: stage,
      to: next,
      why: ripe(stage, known),
    }
  );
}

/** [6] A revert that somebody closed who may not decline it still keeps the flag from going up. */
function afterClosing(
  rollout: Rollout,
  known: Known,
  revert: { readonly openedAt: Instant },
): Decision {
  if (known.trial?.does === 'rollback') {
    const back = tried(rollout, known);
    if (back) return back;
  }
  const text = 'the revert of this stage was closed by somebody who may not decline it';
  const until = dueAt(rollout, revert);
  return until === undefined
    ? holdAndTell('revert-open', `${text}; open it again to decide, or say rollback`)
    : hold('revert-open', text, until);
}

/** [7] What an experiment or a shadow run says, other than to wait or to go on. */
function tried(rollout: Rollout, known: Known): Decision | undefined {
  const { trial } = known;
  if (trial?.does === 'pause') return { kind: 'pause', why: why('trial', trial.text) };
  if (trial?.does === 'blind') return hold('unavailable', trial.text);
  if (trial?.does !== 'rollback') return undefined;
  const lane = laneFor(rollout, known);
  const reason = why('trial', trial.text);
  // A revert that is open has been met with before.
  return lane.kind === 'go' ? goBack(rollout, [], lane.lane, reason) : undefined;
}

/** [7] to [9]: the stage itself is not ready to end. */
function unripe(stage: Stage, known: Known, entryStart: Instant): Decision | undefined {
  const { now, trial } = known;
  // [8] Dwell; a shorter one where every check is proven to keep to its limits.
  const { duration, minDuration = duration } = stage;
  const early = !trial && known.verdicts.length > 0 && known.verdicts.every(isProven);
  const dwell = early ? minDuration : duration;
  if (now < entryStart + dwell) {
    return hold(
      'dwell',
      `in ${stage.name} for at least ${approximateDuration(dwell)}`,
      entryStart + dwell,
    );
  }
  // [9] Too little data: wait for it until the stage's longest time, then ask a person.
  const lacking = known.verdicts.filter((verdict) => lacksData(verdict, stage)).map(describeLack);
  const giveUp = entryStart + stage.maxDuration;
  // [7] An experiment or a shadow run that has not said yes.
  if (trial?.does === 'wait') {
    if (lacking.length === 0 && now < giveUp) return hold('trial', trial.text, giveUp);
    lacking.push(trial.text);
  }
  if (lacking.length === 0) return undefined;
  const { doubts } = known;
  if (doubts?.baseline !== undefined) {
    lacking.push(
      `\`status.baseline\` does not count: ${doubts.baseline}; only a promote goes on without it`,
    );
  }
  if (now >= giveUp && known.verdicts.some(isMissing)) {
    return holdAndTell('insufficient', `${lacking.join('; ')}; it waits for data`);
  }
  return now < giveUp
    ? hold('insufficient', lacking.join('; '), giveUp)
    : {
        kind: 'pause',
        why: why('insufficient', `${lacking.join('; ')}, for the stage's longest time`),
      };
}

/** Nothing came: a person who looks finds no answer either, and the stage's longest time counts data. */
const isMissing = (verdict: Verdict): boolean =>
  verdict.kind === 'insufficient' &&
  verdict.check.required &&
  (verdict.reason === 'no-data' || verdict.reason === 'silent-control');

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
function gates(rollout: Rollout, next: Stage, known: Known): Decision | undefined {
  if (known.promoted) return undefined;
  const window = windowAt(known.now, known.policy);
  if (window.kind === 'closed') {
    return window.why === 'freeze'
      ? hold(
          'frozen',
          `frozen${window.freeze?.reason ? `: ${window.freeze.reason}` : ''}`,
          window.opens,
        )
      : hold(
          'outside-window',
          `outside the hours in which flags advance (${describeHours(known.policy)})`,
          window.opens,
        );
  }
  const needed = approvalsNeeded(rollout, next, known.policy);
  const given = new Set(
    withoutVoid(rollout, known.doubts)
      .filter(({ stage }) => stage === next.name)
      .map(({ by }) => by),
  ).size;
  if (given < needed) {
    const voided = known.doubts?.approvals.filter(({ approval }) => approval.stage === next.name);
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
function unreachable({ uncompiled }: Known): Decision | undefined {
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

function ripe(stage: Stage, { promoted, verdicts, now, entryStart, trial }: Known): Why {
  if (promoted) return why('command', 'a person said promote');
  const said = trial === undefined ? '' : `${trial.text}; `;
  const spent = approximateDuration(now - (entryStart ?? now));
  return why(
    trial?.does === 'advance' ? 'trial' : 'dwell-over',
    `${said}${spent} in ${stage.name}, and ${health(verdicts)}`,
  );
}
