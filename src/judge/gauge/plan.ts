import type { Check, Gauge } from '../../model/check.ts';
import { isRelative } from '../../model/limits.ts';
import type { SeriesQuestion, ValueQuestion } from '../../model/measurement.ts';
import { type Duration, type Instant, SECOND } from '../../time.ts';
import { armsOf, fill, type PlanContext, variantsOf } from '../arms.ts';

/**
 * A lasting breach is looked at this many times over its length, but not more often than most
 * providers sample.
 */
const LOOKS = 10;
const SHORTEST_STEP = 15 * SECOND;

export type GaugeCheck = Check & { readonly metric: Gauge };

/** A number now, and over the time that a breach must last. */
export interface GaugePlan {
  readonly kind: 'gauge';
  readonly check: GaugeCheck;
  /** What `{{window}}` became. */
  readonly window: Duration;
  /** Since the first moment that counts as evidence. */
  readonly elapsed: Duration;
  readonly step: Duration;
  readonly treatment: GaugeQuestion;
  readonly control?: GaugeQuestion;
  readonly baseline?: GaugeQuestion;
  /** Observations since the entry began. */
  readonly samples?: ValueQuestion;
  readonly controlSamples?: ValueQuestion;
}

/** The number now, or over the time that a breach must last. */
export type GaugeQuestion = ValueQuestion | SeriesQuestion;

/**
 * Says what to ask about a gauge. The window shrinks while the entry is young, so that no sample
 * from before it counts and yet the first minutes are not wasted.
 */
export function planGauge(check: GaugeCheck, elapsed: Duration, context: PlanContext): GaugePlan {
  const { rollout, now } = context;
  const window = wholeSeconds(Math.min(check.window, elapsed - check.for));
  const step = check.for === 0 ? 0 : lookEvery(check.for);
  const { treatment, control } = variantsOf(rollout);
  const ask = (variant: string, shift: Duration = 0): GaugeQuestion =>
    look(check, context, { variant, window, from: now - shift - check.for, step });
  const arms = armsOf(rollout, check);
  return {
    kind: 'gauge',
    check,
    window,
    elapsed,
    step,
    treatment: ask(treatment),
    ...(arms.control ? { control: ask(control) } : {}),
    ...baselineQuestion(check, context, ask),
    ...samplesQuestions(check, context, elapsed, arms.comparable),
  };
}

interface Look {
  readonly variant: string;
  readonly window: Duration;
  readonly from: Instant;
  readonly step: Duration;
}

function look(
  check: GaugeCheck,
  context: PlanContext,
  { variant, window, from, step }: Look,
): GaugeQuestion {
  const query = fill(check.metric.query, context, variant, window);
  return check.for === 0
    ? { kind: 'value', query, at: from }
    : { kind: 'series', query, from, to: from + check.for, step };
}

/** History is the control's: before the rollout everyone had it. */
function baselineQuestion(
  check: GaugeCheck,
  context: PlanContext,
  ask: (variant: string, shift: Duration) => GaugeQuestion,
): { readonly baseline?: GaugeQuestion } {
  const { rollout } = context;
  if (!isRelative(check.limits) && !isRelative(check.warn)) return {};
  if (check.baseline.kind === 'offset') {
    return { baseline: ask(rollout.control, check.baseline.by) };
  }
  if (check.baseline.kind === 'before-start' && rollout.status.started !== undefined) {
    const { over } = check.baseline;
    const before = {
      variant: rollout.control,
      window: over,
      from: rollout.status.started,
      step: 0,
    };
    return { baseline: look({ ...check, for: 0 }, context, before) };
  }
  return {};
}

function samplesQuestions(
  { metric: { samples } }: GaugeCheck,
  context: PlanContext,
  elapsed: Duration,
  comparable: boolean,
): { readonly samples?: ValueQuestion; readonly controlSamples?: ValueQuestion } {
  if (samples === undefined) return {};
  const { treatment, control } = variantsOf(context.rollout);
  const count = (variant: string): ValueQuestion => ({
    kind: 'value',
    query: fill(samples, context, variant, wholeSeconds(elapsed)),
    at: context.now,
  });
  return {
    samples: count(treatment),
    ...(comparable ? { controlSamples: count(control) } : {}),
  };
}

/** A step that divides the length, so that both its ends are looked at. */
function lookEvery(length: Duration): Duration {
  const looks = Math.max(1, Math.min(LOOKS, Math.floor(length / SHORTEST_STEP)));
  return length / looks;
}

const wholeSeconds = (duration: Duration): Duration => Math.floor(duration / SECOND) * SECOND;
