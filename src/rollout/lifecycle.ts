import type { Policy } from '../config/model.ts';
import type { Verdict } from '../judge/verdict.ts';
import { approximateDuration, type Duration, formatInstant, HOUR, type Instant } from '../time.ts';
import type { Decision, Lane, StepBack, Why, WhyCode } from './decision.ts';
import { currentStage, kindOf, type Rollout, type Stage } from './model.ts';
import { formatValue } from './units.ts';
import { windowAt } from './window.ts';

/** All that a decision rests on besides the rollout itself. */
export interface Facts {
  readonly now: Instant;
  /** The later of `status.since` and the last change to the file; absent before the start. */
  readonly entryStart?: Instant;
  /** One a check, in the order of the file; empty where nobody is exposed. */
  readonly verdicts: readonly Verdict[];
  readonly policy: Policy;
  /** This entry's revert: offered and open, or closed unmerged by a person. */
  readonly revert: Revert;
  /** The environment this one comes after. */
  readonly after: 'none' | 'completed' | 'waiting';
  /** Many flags breach at once: only those worse than their own control are to blame. */
  readonly outage: boolean;
  /** A person said promote: rules 7 to 11 are overridden, a breach never. */
  readonly promoted: boolean;
  /** What an experiment or a shadow run says of the stage, where it is one. */
  readonly trial?: Trial;
}

export type Revert =
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly openedAt: Instant }
  | { readonly state: 'declined' };

export type Trial =
  | { readonly kind: 'promote' }
  | { readonly kind: 'reject'; readonly text: string }
  | { readonly kind: 'undecided'; readonly text: string };

/** A clock this far behind the entry is wrong, not late. */
const CLOCK_SLACK: Duration = HOUR;
/** How long past its dwell a rollout may be blind before somebody hears of it. */
const BLIND_GRACE: Duration = HOUR;

/**
 * Decides what one tick does with one rollout: the rules of the design, in their order. Pure.
 *
 * Safety comes first, in every phase in which anyone is exposed; only a rollout that is
 * progressing, and that nothing has stopped, goes on to the rules of progress.
 */
export function decide(rollout: Rollout, facts: Facts): Decision {
  return (
    safety(rollout, facts) ?? rest(rollout) ?? start(rollout, facts) ?? progress(rollout, facts)
  );
}

/** Whether anybody gets something other than control because of this rollout. */
export function isExposed(rollout: Rollout): boolean {
  const { phase, stage, serving } = rollout.status;
  return !rollout.kill && phase !== 'pending' && stage !== undefined && serving !== 'control';
}

/* ---- Safety: rules 1 to 5 ---- */

function safety(rollout: Rollout, facts: Facts): Decision | undefined {
  // [1] The kill switch overrides everything.
  if (rollout.kill)
    return { kind: 'kill', why: why('killed', 'the kill switch is set; unkill undoes it') };
  // A flag outside its dates is off. A completed flag is the default now and has no end.
  if (hasEnded(rollout, facts.now)) {
    const ended = why('ended', `its end, ${formatInstant(rollout.end ?? 0)}, has passed`);
    return isExposed(rollout)
      ? { kind: 'rollback', lane: 'commit', why: ended }
      : { kind: 'none', why: ended };
  }
  if (!isExposed(rollout)) return undefined;
  return (
    breached(rollout, facts) ??
    overdue(rollout, facts) ??
    silent(rollout, facts) ??
    warned(rollout, facts) ??
    blind(rollout, facts)
  );
}

function hasEnded(rollout: Rollout, now: Instant): boolean {
  return rollout.end !== undefined && now >= rollout.end && rollout.status.phase !== 'completed';
}

type Harm = Extract<Verdict, { kind: 'breach' | 'warn' }>;

/** [2] A breach that rolls back or degrades: now, whatever dwell, windows, freezes and approvals say. */
function breached(rollout: Rollout, facts: Facts): Decision | undefined {
  const breaches = harms(facts, 'breach', ['rollback', 'degrade']);
  if (breaches.length === 0) return undefined;
  const text = breaches.map(describeHarm).join('; ');
  if (breaches.every((breach) => breach.versusControl === 'shared')) {
    return halt(
      rollout,
      why(
        'breach-shared-with-control',
        `${text}; control is no better, so the flag is not the cause`,
      ),
    );
  }
  if (facts.outage && !breaches.some((breach) => breach.versusControl === 'worse')) {
    return halt(
      rollout,
      why(
        'breach-in-outage',
        `${text}; many flags breach at once and this one is not worse than its control`,
      ),
    );
  }
  if (facts.revert.state === 'declined') {
    return {
      kind: 'hold',
      why: why('revert-declined', `${text}; a person closed the revert of this entry unmerged`),
      tell: breaches.some((breach) => breach.far),
    };
  }
  const lane = laneFor(rollout, facts);
  if (lane.kind === 'wait') {
    return {
      kind: 'hold',
      why: why('revert-open', `${text}; its revert is open`),
      offered: goBack(rollout, breaches, 'pull-request', why('breach', text)),
      ...(lane.until === undefined ? {} : { until: lane.until }),
      tell: false,
    };
  }
  return goBack(rollout, breaches, lane.lane, why('breach', text));
}

/**
 * [2] A revert that nobody merged or declined in time is carried out, whatever is measured by then:
 * it was offered for a breach, and a breach that came and went, or that nobody can see any more,
 * is not for the clock to forgive.
 */
function overdue(rollout: Rollout, facts: Facts): Decision | undefined {
  if (facts.revert.state !== 'open') return undefined;
  const lane = laneFor(rollout, facts);
  if (lane.kind === 'wait') return undefined;
  const waited = approximateDuration(facts.now - facts.revert.openedAt);
  const text = `its revert has been open for ${waited} and nobody merged or declined it`;
  const acting = rollout.checks.filter(({ onBreach }) =>
    ['rollback', 'degrade'].includes(onBreach),
  );
  return goBack(
    rollout,
    acting.map((check) => ({ check })),
    lane.lane,
    why('revert-open', text),
  );
}

/** Where a breach leads: back a stage, to off, or to the fallback. */
function goBack(
  rollout: Rollout,
  breaches: readonly Pick<Harm, 'check'>[],
  lane: Lane,
  reason: Why,
): StepBack {
  const degraded = rollout.status.phase === 'degraded';
  const toFallback =
    breaches.length > 0 && breaches.every(({ check }) => check.onBreach === 'degrade');
  if (!degraded && toFallback) {
    return { kind: 'degrade', lane, why: reason };
  }
  const at = currentStage(rollout);
  const previous = at && rollout.stages[at.index - 1];
  if (degraded || rollout.rollback.to === 'off' || previous === undefined) {
    return { kind: 'rollback', lane, why: reason };
  }
  return { kind: 'rollback', to: previous, lane, why: reason };
}

function laneFor(
  { rollback }: Rollout,
  { revert, now }: Facts,
): { kind: 'go'; lane: Lane } | { kind: 'wait'; until?: Instant } {
  if (rollback.via === 'commit' || revert.state !== 'open')
    return { kind: 'go', lane: rollback.via };
  if (rollback.commitAfter === 'never') return { kind: 'wait' };
  const until = revert.openedAt + rollback.commitAfter;
  return now >= until ? { kind: 'go', lane: 'commit' } : { kind: 'wait', until };
}

/** [3] Control reports and the treatment is silent: the split is not the one that was asked for. */
function silent(rollout: Rollout, { verdicts }: Facts): Decision | undefined {
  const verdict = verdicts.find(
    (each) => each.kind === 'insufficient' && each.reason === 'silent-treatment',
  );
  if (!verdict) return undefined;
  const { name } = verdict.check.metric;
  return halt(
    rollout,
    why('silent-treatment', `control reports ${name} and the treatment reports nothing`),
  );
}

/** [4] A warning, or a breach that only pauses: halt and investigate. */
function warned(rollout: Rollout, facts: Facts): Decision | undefined {
  const pausing = harms(facts, 'breach', ['pause']);
  if (pausing.length > 0) {
    return halt(rollout, why('breach-pauses', pausing.map(describeHarm).join('; ')));
  }
  const warnings = harms(facts, 'warn', ['rollback', 'degrade', 'pause']);
  if (warnings.length > 0) {
    return halt(rollout, why('warning', warnings.map(describeHarm).join('; ')));
  }
  return undefined;
}

/** [5] Monitoring that is down moves nothing, in either direction, unless the policy says so. */
function blind(rollout: Rollout, facts: Facts): Decision | undefined {
  const verdict = facts.verdicts.find((each) => each.kind === 'unavailable' && each.check.required);
  if (verdict?.kind !== 'unavailable') return undefined;
  const reason = why('unavailable', `${verdict.check.metric.name}: ${verdict.detail}`);
  switch (facts.policy.onBlind) {
    case 'rollback': {
      const lane = laneFor(rollout, facts);
      if (facts.revert.state !== 'declined' && lane.kind === 'go') {
        return goBack(rollout, [], lane.lane, reason);
      }
      break;
    }
    case 'pause':
      if (rollout.status.phase === 'progressing') return { kind: 'pause', why: reason };
      break;
    case 'hold':
  }
  const at = currentStage(rollout);
  const due = (facts.entryStart ?? facts.now) + (at?.stage.duration ?? 0);
  return { kind: 'hold', why: reason, tell: facts.now >= due + BLIND_GRACE };
}

/** Pauses what is progressing; what stands still already keeps standing, and somebody hears of it. */
function halt(rollout: Rollout, reason: Why): Decision {
  return rollout.status.phase === 'progressing'
    ? { kind: 'pause', why: reason }
    : { kind: 'hold', why: reason, tell: true };
}

/* ---- Phases that wait for a person ---- */

function rest({ status }: Rollout): Decision | undefined {
  const because = status.reason === undefined ? '' : ` (${status.reason})`;
  switch (status.phase) {
    case 'paused':
      return none('paused', `paused${because}; say resume, restart or rollback`);
    case 'rolled-back':
      return none('rolled-back', `rolled back${because}; say resume or restart`);
    case 'degraded':
      return none('degraded', `serving the fallback${because}; say resume or rollback`);
    case 'completed':
      return none('completed', 'completed and healthy');
    default:
      return undefined;
  }
}

/* ---- Starting ---- */

function start(rollout: Rollout, facts: Facts): Decision | undefined {
  if (rollout.status.phase !== 'pending') return undefined;
  const [first] = rollout.stages;
  if (first === undefined) return none('unknown-stage', 'it has no stages');
  if (rollout.start !== undefined && facts.now < rollout.start) {
    return hold('not-yet-started', `it starts at ${formatInstant(rollout.start)}`, rollout.start);
  }
  if (facts.after === 'waiting') {
    return hold('waiting-for-environment', `it is not completed in ${rollout.after} yet`);
  }
  if (rollout.unchecked.length > 0) {
    return hold('checklist', `the checklist is not done: ${rollout.unchecked.join(', ')}`);
  }
  return (
    gates(rollout, first, facts) ?? {
      kind: 'start',
      to: first,
      why: why(facts.promoted ? 'command' : 'healthy', 'nothing holds the start'),
    }
  );
}

/* ---- Progress: rules 6 to 12 ---- */

function progress(rollout: Rollout, facts: Facts): Decision {
  const at = currentStage(rollout);
  const entryStart = facts.entryStart ?? facts.now;
  if (!at) {
    return holdAndTell(
      'unknown-stage',
      `there is no stage \`${rollout.status.stage}\` any more; put it back, or say restart`,
    );
  }
  const { stage, index } = at;
  const next = rollout.stages[index + 1];

  // [6] A revert of this entry is open, or a person closed it unmerged.
  if (facts.revert.state === 'open') {
    const { commitAfter } = rollout.rollback;
    const until = commitAfter === 'never' ? undefined : facts.revert.openedAt + commitAfter;
    return hold('revert-open', 'a revert of this stage is open', until);
  }
  if (facts.revert.state === 'declined') {
    return hold('revert-declined', 'a person closed the revert of this stage; say resume to go on');
  }
  if (ladderChanged(rollout)) {
    return holdAndTell(
      'ladder-changed',
      'the ladder changed in the config; say resume to go by the new one',
    );
  }
  if (entryStart > facts.now + CLOCK_SLACK) {
    return holdAndTell(
      'clock',
      `the stage begins in the future (${formatInstant(entryStart)}); check the clocks`,
    );
  }
  if (!facts.promoted) {
    const waiting = unripe(stage, facts, entryStart);
    if (waiting) return waiting;
  }
  if (next === undefined) {
    return { kind: 'complete', why: ripe(stage, facts) };
  }
  // [10] and [11], then [12]: one stage only, however late the tick is.
  return (
    gates(rollout, next, facts) ?? {
      kind: 'advance',
      from: stage,
      to: next,
      why: ripe(stage, facts),
    }
  );
}

/** [7] to [9]: the stage itself is not ready to end. */
function unripe(stage: Stage, facts: Facts, entryStart: Instant): Decision | undefined {
  const { now, trial } = facts;
  // [7] An experiment or a shadow run has not said yes.
  if (trial?.kind === 'reject') return { kind: 'pause', why: why('trial', trial.text) };
  // [8] Dwell.
  const dwellOver = entryStart + stage.duration;
  if (now < dwellOver) {
    return hold(
      'dwell',
      `in ${stage.name} for at least ${approximateDuration(stage.duration)}`,
      dwellOver,
    );
  }
  // [9] Too little data: wait for it until the stage's longest time, then ask a person.
  const lacking = facts.verdicts.filter((verdict) => lacksData(verdict, stage)).map(describeLack);
  if (trial?.kind === 'undecided') lacking.push(trial.text);
  if (lacking.length === 0) return undefined;
  const giveUp = entryStart + stage.maxDuration;
  return now < giveUp
    ? hold('insufficient', lacking.join('; '), giveUp)
    : {
        kind: 'pause',
        why: why('insufficient', `${lacking.join('; ')}, for the stage's longest time`),
      };
}

/** A cohort goes by its absolute limits alone: it is neither large nor like everyone else. */
function lacksData(verdict: Verdict, stage: Stage): boolean {
  if (verdict.kind !== 'insufficient') return false;
  // What looks like harm holds even where the check is not required.
  if (verdict.reason === 'over-limit-briefly') return true;
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
      : hold('outside-window', 'outside the hours in which flags advance', window.opens);
  }
  const needed = approvalsNeeded(rollout, next, facts.policy);
  const given = new Set(
    rollout.status.approvals.filter(({ stage }) => stage === next.name).map(({ by }) => by),
  ).size;
  if (given < needed) {
    return holdAndTell(
      'needs-approval',
      `${next.name} needs ${needed === 1 ? 'an approval' : `${needed} approvals`} of ${rollout.owners.join(', ')}, and has ${given}`,
    );
  }
  if (!rollout.autoPromote) {
    return holdAndTell('needs-promotion', `ready for ${next.name}; an owner must say promote`);
  }
  return undefined;
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

/* ---- Words ---- */

function ripe(stage: Stage, { promoted, verdicts, now, entryStart }: Facts): Why {
  if (promoted) return why('command', 'a person said promote');
  const spent = approximateDuration(now - (entryStart ?? now));
  return why('dwell-over', `${spent} in ${stage.name}, and ${health(verdicts)}`);
}

function health(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'it has no checks';
  const passed = verdicts.filter(({ kind }) => kind === 'pass').length;
  if (passed === verdicts.length) return 'all checks pass';
  return `${passed} of ${verdicts.length} checks pass; the others cannot be judged in this stage`;
}

function harms(
  { verdicts }: Facts,
  kind: Harm['kind'],
  onBreach: readonly Harm['check']['onBreach'][],
): readonly Harm[] {
  return verdicts.filter(
    (verdict): verdict is Harm =>
      verdict.kind === kind && onBreach.includes(verdict.check.onBreach),
  );
}

/** `error-rate is 3.57 % against 0.2 % (control), and at most 1 % is allowed (max)`. */
function describeHarm({ kind, check, evidence }: Harm): string {
  const { name, unit } = check.metric;
  const over = evidence.limits.find((limit) => limit.level === kind && limit.over);
  if (evidence.value === undefined || !over) return `${name} is past its limit`;
  const { baseline } = evidence;
  const against = baseline
    ? ` against ${formatValue(baseline.value, unit)} (${baseline.from})`
    : '';
  const bound = over.name === 'min' || over.name === 'max_decrease' ? 'at least' : 'at most';
  return `${name} is ${formatValue(evidence.value, unit)}${against}, and ${bound} ${formatValue(over.threshold, unit)} is allowed (${over.name})`;
}

function describeLack(verdict: Verdict): string {
  const reason = verdict.kind === 'insufficient' ? verdict.reason : verdict.kind;
  return `${verdict.check.metric.name}: ${reason.replaceAll('-', ' ')}`;
}

const why = (code: WhyCode, text: string): Why => ({ code, text });

const none = (code: WhyCode, text: string): Decision => ({ kind: 'none', why: why(code, text) });

const hold = (code: WhyCode, text: string, until?: Instant): Decision => ({
  kind: 'hold',
  why: why(code, text),
  ...(until === undefined ? {} : { until }),
  tell: false,
});

const holdAndTell = (code: WhyCode, text: string): Decision => ({
  kind: 'hold',
  why: why(code, text),
  tell: true,
});
