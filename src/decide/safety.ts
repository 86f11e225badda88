import { defined } from '../defined.ts';
import type { Decision, Lane, StepBack, Why } from '../model/decision.ts';
import { currentStage, isExposed, type Rollout } from '../model/rollout.ts';
import { approximateDuration, type Duration, formatInstant, HOUR, type Instant } from '../time.ts';
import type { Known } from './assessment.ts';
import { describeHarm, describeMismatch, type Harm, why } from './reasons.ts';

/** How long past its dwell a rollout may be blind before somebody hears of it. */
const BLIND_GRACE: Duration = HOUR;

/** Rules 1 to 5, in every phase in which anyone is exposed; `undefined` where none of them applies. */
export function safety(rollout: Rollout, known: Known): Decision | undefined {
  // [1] The kill switch overrides everything.
  if (rollout.kill)
    return { kind: 'kill', why: why('killed', 'the kill switch is set; unkill undoes it') };
  // A flag outside its dates is off. A completed flag is the default now and has no end.
  if (hasEnded(rollout, known.now)) {
    const ended = why('ended', `its end, ${formatInstant(rollout.end ?? 0)}, has passed`);
    return isExposed(rollout)
      ? { kind: 'rollback', lane: 'commit', why: ended }
      : { kind: 'none', why: ended };
  }
  if (!isExposed(rollout)) return undefined;
  return (
    breached(rollout, known) ??
    overdue(rollout, known) ??
    lopsided(rollout, known) ??
    silent(rollout, known) ??
    warned(rollout, known) ??
    blind(rollout, known)
  );
}

function hasEnded(rollout: Rollout, now: Instant): boolean {
  return rollout.end !== undefined && now >= rollout.end && rollout.status.phase !== 'completed';
}

/** [2] A breach that rolls back or degrades: now, whatever dwell, windows, freezes and approvals say. */
function breached(rollout: Rollout, known: Known): Decision | undefined {
  const breaches = harms(known, 'breach', ['rollback', 'degrade']);
  if (breaches.length === 0) return undefined;
  const text = breaches.map(describeHarm).join('; ');
  const excuse = excuseOf(breaches, known);
  // What excuses a breach of now excuses none that a revert was offered for before.
  if (excuse)
    return overdue(rollout, known) ?? halt(rollout, why(excuse.code, `${text}; ${excuse.text}`));
  if (known.revert.state === 'declined') {
    return {
      kind: 'hold',
      why: why('revert-declined', `${text}; ${known.revert.how}`),
      tell: breaches.some((breach) => breach.far),
    };
  }
  const lane = laneFor(rollout, known);
  if (lane.kind === 'wait') {
    return {
      kind: 'hold',
      why: why('revert-open', `${text}; its revert is open`),
      offered: goBack(rollout, breaches, 'pull-request', why('breach', text)),
      ...defined({ until: lane.until }),
      tell: false,
    };
  }
  return goBack(rollout, breaches, lane.lane, why('breach', text));
}

/** Why breaches are not the flag's doing: control has them too, or so many flags that it is something else. */
function excuseOf(breaches: readonly Harm[], { outage }: Known): Why | undefined {
  if (breaches.every(({ versusControl }) => versusControl === 'shared')) {
    return why('breach-shared-with-control', 'control is no better, so the flag is not the cause');
  }
  if (outage && !breaches.some(({ versusControl }) => versusControl === 'worse')) {
    return why(
      'breach-in-outage',
      'many flags breach at once and this one is not worse than its control',
    );
  }
  return undefined;
}

/**
 * [2] A revert that nobody merged or declined in time is carried out, whatever is measured by then:
 * it was offered for a breach, and a breach that came and went, or that nobody can see any more,
 * is not for the clock to forgive.
 */
function overdue(rollout: Rollout, known: Known): Decision | undefined {
  const { revert, now } = known;
  if (revert.state !== 'open' && revert.state !== 'closed') return undefined;
  const due = dueAt(rollout, revert);
  if (due === undefined || now < due) return undefined;
  const waited = approximateDuration(now - revert.openedAt);
  const text =
    revert.state === 'open'
      ? `its revert has been open for ${waited} and nobody merged or declined it`
      : `its revert was opened ${waited} ago, and nobody who may decline it did`;
  // What an experiment offered goes back as it says, whatever the checks would do.
  const lost = known.trial?.does === 'rollback';
  const acting = rollout.checks.filter(
    ({ onBreach }) => !lost && ['rollback', 'degrade'].includes(onBreach),
  );
  return goBack(
    rollout,
    acting.map((check) => ({ check })),
    'commit',
    why('revert-open', text),
  );
}

/** Where a breach leads: back a stage, to off, or to the fallback. */
export function goBack(
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

/** How a step back is written now, or until when an open revert waits for people. */
export function laneFor(
  rollout: Rollout,
  { revert, now }: Known,
): { kind: 'go'; lane: Lane } | { kind: 'wait'; until?: Instant } {
  const { via, commitAfter } = rollout.rollback;
  if (via === 'commit') return { kind: 'go', lane: via };
  // Nothing is left to merge, so nobody is waited for, except where people always decide.
  if (revert.state === 'closed')
    return { kind: 'go', lane: commitAfter === 'never' ? via : 'commit' };
  if (revert.state !== 'open') return { kind: 'go', lane: via };
  const until = dueAt(rollout, revert);
  if (until === undefined) return { kind: 'wait' };
  return now >= until ? { kind: 'go', lane: 'commit' } : { kind: 'wait', until };
}

/** When a revert that was offered is committed, whatever is measured by then; `undefined`: never. */
export function dueAt(
  { rollback: { via, commitAfter } }: Rollout,
  { openedAt }: { readonly openedAt: Instant },
): Instant | undefined {
  if (via === 'commit') return openedAt;
  return commitAfter === 'never' ? undefined : openedAt + commitAfter;
}

/** [3] Users are not split as the stage asks: whatever compares the arms compares other people. */
function lopsided(rollout: Rollout, known: Known): Decision | undefined {
  const { split } = known;
  if (split?.kind !== 'mismatch') return undefined;
  return mismatched(rollout, known, why('sample-ratio', describeMismatch(rollout, split)));
}

/** [3] Control reports and the treatment is silent: the split is not the one that was asked for. */
function silent(rollout: Rollout, known: Known): Decision | undefined {
  const verdict = known.verdicts.find(
    (each) => each.kind === 'insufficient' && each.reason === 'silent-treatment',
  );
  if (!verdict) return undefined;
  const { name } = verdict.check.metric;
  const text = `control reports ${name} and the treatment reports nothing`;
  return mismatched(rollout, known, why('silent-treatment', text));
}

/** [3] What a split that is not the one asked for leads to, as the policy says. */
function mismatched(rollout: Rollout, known: Known, reason: Why): Decision {
  switch (known.policy.onMismatch) {
    case 'pause':
      return halt(rollout, reason);
    case 'rollback': {
      const lane = laneFor(rollout, known);
      if (known.revert.state !== 'declined' && lane.kind === 'go') {
        return goBack(rollout, [], lane.lane, reason);
      }
      break;
    }
    case 'hold':
  }
  // Where it is only told, what pauses a rollout still does.
  return warned(rollout, known) ?? { kind: 'hold', why: reason, tell: true };
}

/** [4] A warning, or a breach that only pauses: halt and investigate. */
function warned(rollout: Rollout, known: Known): Decision | undefined {
  const pausing = harms(known, 'breach', ['pause']);
  if (pausing.length > 0) {
    return halt(rollout, why('breach-pauses', pausing.map(describeHarm).join('; ')));
  }
  const warnings = harms(known, 'warn', ['rollback', 'degrade', 'pause']);
  if (warnings.length > 0) {
    return halt(rollout, why('warning', warnings.map(describeHarm).join('; ')));
  }
  return undefined;
}

/** [5] Monitoring that is down moves nothing, in either direction, unless the policy says so. */
function blind(rollout: Rollout, known: Known): Decision | undefined {
  const blinded = known.verdicts.flatMap((each) =>
    each.kind === 'unavailable' && each.check.required ? [each] : [],
  );
  // Somebody has to rewrite the query; that does not take a flag back, it only holds.
  const down = blinded.find(({ reason }) => reason !== 'not-a-counter');
  const verdict = down ?? blinded[0];
  if (verdict === undefined) return undefined;
  const reason = why('unavailable', `${verdict.check.metric.name}: ${verdict.detail}`);
  switch (down ? known.policy.onBlind : 'hold') {
    case 'rollback': {
      const lane = laneFor(rollout, known);
      if (known.revert.state !== 'declined' && lane.kind === 'go') {
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
  const due = (known.entryStart ?? known.now) + (at?.stage.duration ?? 0);
  return { kind: 'hold', why: reason, tell: known.now >= due + BLIND_GRACE };
}

/** Pauses what is progressing; what stands still already keeps standing, and somebody hears of it. */
function halt(rollout: Rollout, reason: Why): Decision {
  return rollout.status.phase === 'progressing'
    ? { kind: 'pause', why: reason }
    : { kind: 'hold', why: reason, tell: true };
}

function harms(
  { verdicts }: Known,
  kind: Harm['kind'],
  onBreach: readonly Harm['check']['onBreach'][],
): readonly Harm[] {
  return verdicts.filter(
    (verdict): verdict is Harm =>
      verdict.kind === kind && onBreach.includes(verdict.check.onBreach),
  );
}
