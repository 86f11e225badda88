import { defined } from '../../defined.ts';
import type { Check } from '../../model/check.ts';
import type { Rollout } from '../../model/rollout.ts';
import type {
  Evidence,
  InsufficientReason,
  LimitCheck,
  Tested,
  Verdict,
} from '../../model/verdict.ts';
import type { Instant } from '../../time.ts';
import type { Lookup } from '../answers.ts';
import type { ArmTotal } from '../counts/series.ts';
import { unheard } from '../heard.ts';
import type { Budget } from '../limits/budget.ts';
import { conclude, type Tried } from '../limits/conclude.ts';
import { holdAgainst } from '../limits/limits.ts';
import { baselineOf, referenceOf } from '../limits/reference.ts';
import { tooFew } from '../samples.ts';
import type { TestReading } from '../sequential/spec.ts';
import { EXPECTED_SAMPLES, type Reports, reportsOf } from '../silence.ts';
import { judgeExceedance } from './exceedance.ts';
import type { DistributionPlan } from './plan.ts';
import { readSpreads } from './read.ts';
import {
  inBlocks,
  isPast,
  isWithin,
  lookForShift,
  type ShiftLimit,
  type ShiftLook,
} from './shift.ts';
import {
  armOf,
  isBeyond,
  isCapped,
  quantileOf,
  type Spread,
  type Stretch,
  sizeOf,
} from './spread.ts';

export { planDistribution } from './plan.ts';

/** Fewer looks at a number say nothing. */
const LEAST_VALUES = 16;

/**
 * Judges how both arms were spread out since the entry began: by the share beyond each limit, which
 * holds however often and at however little traffic one looks, and, against control, by the shift
 * between the arms as Kayenta's judge sees it. Both share what the limit may spend.
 */
export function judgeDistribution(
  plan: DistributionPlan,
  answers: Lookup,
  rollout: Rollout,
  budget: Budget,
): Verdict {
  const { check } = plan;
  const { quantile } = check.metric;
  const read = readSpreads(plan, answers);
  const { ask } = plan;
  const blank: Evidence = {
    query: ask.kind === 'buckets' ? (ask.question.queries[0] ?? '') : ask.treatment.query,
    window: plan.elapsed,
    ...(check.minSamples ? { samplesNeeded: check.minSamples.count } : {}),
    limits: [],
    warnings: read.kind === 'read' ? read.warnings : [],
    points: [],
  };
  if (read.kind === 'unavailable') return { ...read, check, evidence: blank };
  const insufficient = (reason: InsufficientReason, more: Partial<Evidence> = {}): Verdict => ({
    kind: 'insufficient',
    reason,
    check,
    evidence: { ...blank, ...more },
  });
  if (read.kind === 'unreadable') return insufficient(read.reason);

  const { stretches, history } = read;
  const ours = armOf(stretches, 'treatment');
  const control = levelOf(armOf(stretches, 'control'), quantile);
  const treatment = levelOf(ours, quantile);
  const reference = referenceOf(plan, rollout, control, history && quantileOf(history, quantile));
  const baseline = baselineOf(reference, control);
  const few = ask.kind === 'samples' && (treatment?.samples ?? 0) < LEAST_VALUES;
  const evidence: Evidence = {
    ...blank,
    ...(control === undefined ? {} : { control: control.value, controlSamples: control.samples }),
    ...defined({ baseline }),
    samples: treatment?.samples ?? 0,
    ...(few ? { samplesNeeded: LEAST_VALUES } : {}),
    points: pointsOf(stretches, quantile),
  };
  const silence = silenceOf(plan, rollout, stretches, reference?.kind === 'control');
  if (ours === undefined || treatment === undefined) {
    const isSilent = silence === 'silent-treatment' && read.nothing !== 'nan';
    return insufficient(isSilent ? silence : read.nothing, evidence);
  }

  const limits = [
    ...holdAgainst(treatment.value, check.limits, 'breach', baseline?.value),
    ...holdAgainst(treatment.value, check.warn, 'warn', baseline?.value),
  ];
  const tried = limits.map((limit) =>
    tryLimit(limit, {
      plan,
      budget,
      stretches,
      total: treatment,
      baseline: baseline?.value,
      beside: reference?.kind === 'control',
    }),
  );
  // Where all that is known is "more than the last bucket", a limit beyond it is never broken.
  const hidden =
    isCapped(ours, treatment.value) &&
    limits.some((limit) => isUpper(limit) && isBeyond(ours, limit.threshold));
  const lacks: InsufficientReason | undefined = hidden
    ? 'beyond-buckets'
    : (silence ??
      (few || tooFew(check, treatment.samples, plan.elapsed) ? 'too-few-samples' : undefined));
  return conclude({
    check,
    rollout,
    evidence,
    ...defined({ reference, baseline }),
    total: treatment,
    tried,
    ...defined({ lacks }),
    now: plan.now,
  });
}

interface DistributionTest {
  readonly plan: DistributionPlan;
  readonly budget: Budget;
  readonly stretches: readonly Stretch[];
  readonly total: ArmTotal;
  readonly baseline: number | undefined;
  /** Relative limits are relative to the control beside. */
  readonly beside: boolean;
}

const isUpper = ({ name }: Pick<LimitCheck, 'name'>): boolean =>
  name !== 'min' && name !== 'max_decrease';

/** One limit: by the share beyond it and, against control, by the shift. */
function tryLimit(limit: LimitCheck, trial: DistributionTest): Tried {
  const { plan, budget, stretches, total } = trial;
  const { check, since } = plan;
  const { quantile } = check.metric;
  const rule = ruleOf(limit, check);
  const relative = limit.name !== 'max' && limit.name !== 'min';
  const control = trial.beside && relative ? trial.baseline : undefined;
  // Looks at a number follow one another too closely for a share of them to be held against control's.
  const byShare = control === undefined || plan.ask.kind === 'buckets';
  const alpha = byShare && control !== undefined ? budget.alpha / 2 : budget.alpha;
  const reading = byShare ? readShare(limit, rule, control, alpha, trial) : undefined;
  const looks =
    control === undefined
      ? []
      : lookForShift(stretches, rule, { quantile, window: check.window, since, alpha });
  const shifted = looks.find((look) => isPast(rule, look));
  const breach = reading?.breach ?? (shifted && { at: shifted.to, since: shifted.from });
  const recent = breach ? stretches.filter(({ from }) => from >= breach.since) : stretches;
  const beside = levelOf(armOf(recent, 'control'), quantile);
  const told = shifted ?? looks.findLast(({ from }) => from >= (breach?.since ?? since));
  const within = looks.length > 0 && looks.every((look) => isWithin(rule, look));
  const inside = reading ? reading.verdict === 'inside' : within;
  return {
    tested: testedOf(
      limit,
      breach ? 'breach' : inside ? 'inside' : 'undecided',
      told,
      breach?.since,
    ),
    weight: reading?.logE ?? 0,
    ...(breach ? { breach } : {}),
    recent: {
      treatment: levelOf(armOf(recent, 'treatment'), quantile) ?? total,
      ...(beside ? { control: beside } : {}),
    },
  };
}

function ruleOf(limit: LimitCheck, check: Check): ShiftLimit {
  const same = limit.level === 'breach' ? check.limits : check.warn;
  return {
    side: isUpper(limit) ? 'upper' : 'lower',
    allowed: (level) =>
      holdAgainst(0, same, limit.level, level).find(({ name }) => name === limit.name)?.threshold ??
      limit.threshold,
  };
}

function readShare(
  { threshold }: LimitCheck,
  { side }: ShiftLimit,
  control: number | undefined,
  alpha: number,
  { plan, budget, stretches }: DistributionTest,
): TestReading {
  const { ask, check, since, planned } = plan;
  const { quantile } = check.metric;
  const apart = ask.kind === 'buckets' ? stretches : inBlocks(stretches, check.window);
  return judgeExceedance({ side, quantile, threshold, ...defined({ control }) }, apart, {
    ...budget,
    alpha,
    from: since,
    planned,
  });
}

/** What is told of a limit: the shift between the arms, as sure as the look that found it. */
function testedOf(
  { name, level }: LimitCheck,
  says: Tested['says'],
  look: ShiftLook | undefined,
  since: Instant | undefined,
): Tested {
  const shift = look?.verdict.shift;
  return {
    name,
    level,
    says,
    of: shift ? 'difference' : 'value',
    low: shift?.interval.low ?? Number.NEGATIVE_INFINITY,
    high: shift?.interval.high ?? Number.POSITIVE_INFINITY,
    confidence: shift?.confidence ?? 0,
    ...defined({ since }),
  };
}

function levelOf(spread: Spread | undefined, quantile: number): ArmTotal | undefined {
  const value = spread && quantileOf(spread, quantile);
  return spread === undefined || value === undefined
    ? undefined
    : { samples: sizeOf(spread), value };
}

/** Why an arm that stopped reporting leaves nothing to pass on. */
function silenceOf(
  { ask, since, now, hears }: DistributionPlan,
  rollout: Rollout,
  stretches: readonly Stretch[],
  needsControl: boolean,
): ReturnType<typeof unheard> {
  const [first] = stretches;
  if (first === undefined) return undefined;
  // A number is there at each look, however few are exposed: one look stands for all samples behind it.
  const worth = ask.kind === 'samples' ? EXPECTED_SAMPLES : 1;
  const reports = (arm: 'treatment' | 'control'): Reports =>
    reportsOf(
      {
        from: first.from,
        step: first.to - first.from,
        samples: stretches.map((stretch) => worth * (stretch[arm] ? sizeOf(stretch[arm]) : 0)),
      },
      since,
    );
  return unheard(
    rollout,
    {
      treatment: reports('treatment'),
      control: first.control ? reports('control') : undefined,
      needsControl,
      ...(ask.kind === 'samples' ? { share: 1 } : {}),
    },
    { ...hears, now },
  );
}

/** As many points as a chart can show. */
const MOST_POINTS = 24;

/** The treatment's quantile as it was over the entry, for charts. */
function pointsOf(stretches: readonly Stretch[], quantile: number): Evidence['points'] {
  const size = Math.max(1, Math.ceil(stretches.length / MOST_POINTS));
  return Array.from({ length: Math.ceil(stretches.length / size) }, (_, place) => {
    const block = stretches.slice(place * size, (place + 1) * size);
    const level = levelOf(armOf(block, 'treatment'), quantile);
    return level ? [{ at: block.at(-1)?.to ?? 0, value: level.value }] : [];
  }).flat();
}
