import { defined } from '../../defined.ts';
import { isRelative } from '../../model/limits.ts';
import type { SeriesAnswer, Unavailable } from '../../model/measurement.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { BaselineLevel, Evidence, InsufficientReason, Verdict } from '../../model/verdict.ts';
import { type Duration, HOUR, type Instant } from '../../time.ts';
import { type Lookup, latest, readLooks, readNumber } from '../answers.ts';
import { armsOf } from '../arms.ts';
import { farOver, holdAgainst } from '../limits/limits.ts';
import { versus } from '../limits/versus.ts';
import { expectedOf, isCohort, servesTreatmentByChance, tooFew } from '../samples.ts';
import { EXPECTED_SAMPLES } from '../silence.ts';
import type { GaugePlan } from './plan.ts';

/** A treatment without a count of its samples is given this long before its silence means something. */
const SILENCE = HOUR;

/** A number as it is now, and over the time that a breach must last, is held against its limits. */
export function judgeGauge(plan: GaugePlan, answers: Lookup, rollout: Rollout): Verdict {
  const { check } = plan;
  const treatment = readLooks(plan.treatment, answers);
  const control = plan.control && readLooks(plan.control, answers);
  const samples = readNumber(plan.samples, answers);
  const { comparable } = armsOf(rollout, check);
  const baseline = baselineOf(plan, answers, rollout, comparable ? control : undefined);
  const level = levelNow(plan, baseline);
  // A control that ended before now is as silent as the treatment.
  const controlValue = finite(control && current(plan, control));
  const evidence: Evidence = {
    query: plan.treatment.query,
    window: plan.window,
    ...defined({ control: controlValue, baseline: level, samples }),
    ...(check.minSamples ? { samplesNeeded: check.minSamples.count } : {}),
    limits: [],
    warnings: treatment.kind === 'unavailable' ? [] : treatment.warnings,
    points: treatment.kind === 'series' ? treatment.points : [],
  };
  const insufficient = (reason: InsufficientReason, more: Partial<Evidence> = {}): Verdict => ({
    kind: 'insufficient',
    reason,
    check,
    evidence: { ...evidence, ...more },
  });

  if (treatment.kind === 'unavailable') {
    return { ...treatment, kind: 'unavailable', check, evidence };
  }
  // Monitoring that is down for one arm must not leave the other to be judged alone.
  const other = [control, baseline?.kind === 'series' ? baseline.series : undefined].find(
    (series) => series?.kind === 'unavailable',
  );
  if (other?.kind === 'unavailable') return { ...other, kind: 'unavailable', check, evidence };

  const value = current(plan, treatment);
  // Counts say whether there is enough, and whether nothing is silence or a quiet hour.
  const counts = [
    ...(check.minSamples || value === undefined ? [plan.samples] : []),
    ...(value === undefined ? [plan.controlSamples] : []),
  ];
  const uncounted = counts
    .map((question) => question && answers(question))
    .find((answer) => answer?.kind === 'unavailable');
  if (uncounted?.kind === 'unavailable') {
    return { ...uncounted, kind: 'unavailable', check, evidence };
  }
  if (value === undefined) {
    if (isSilent(plan, answers, controlValue, samples, rollout)) {
      return insufficient('silent-treatment');
    }
    return insufficient('no-data');
  }
  if (Number.isNaN(value)) return insufficient('nan');
  if (!Number.isFinite(value)) return insufficient('infinite');
  // A cohort may never be large: what few it has must keep to the absolute limits.
  const few = tooFew(check, samples, plan.elapsed);
  if (few && !isCohort(rollout)) return insufficient('too-few-samples', { value });

  const against = few ? undefined : level?.value;
  const limits = [
    ...holdAgainst(value, check.limits, 'breach', against),
    ...holdAgainst(value, check.warn, 'warn', against),
  ];
  const full: Evidence = { ...evidence, value, limits };

  for (const kind of ['breach', 'warn'] as const) {
    const over = limits.filter((limit) => limit.level === kind && limit.over);
    if (over.length === 0) continue;
    const seen = lasting(plan, treatment, few ? undefined : baseline, kind);
    const lasted = { ...full, lasting: { needed: check.for, seen } };
    if (seen < check.for) {
      return { kind: 'insufficient', reason: 'over-limit-briefly', check, evidence: lasted };
    }
    return {
      kind,
      check,
      evidence: check.for > 0 ? lasted : full,
      // One look is noisy; what the arms did while the breach lasted is less so.
      versusControl: versus(over, mean(treatment) ?? value, mean(control) ?? controlValue),
      far: over.some((limit) => farOver(limit, value)),
    };
  }
  if (few) return insufficient('too-few-samples', full);
  if (level === undefined && (isRelative(check.limits) || isRelative(check.warn))) {
    return insufficient(isCohort(rollout) ? 'no-control' : 'no-baseline', full);
  }
  return { kind: 'pass', check, evidence: full };
}

/** What was seen of a number. */
type Looks = SeriesAnswer | Unavailable;

/** A level to be relative to: one number, or a series that moves along. */
type BaselineSource =
  | { readonly kind: 'level'; readonly level: BaselineLevel }
  | {
      readonly kind: 'series';
      readonly from: BaselineLevel['from'];
      readonly series: Looks;
      readonly shift: Duration;
    };

/**
 * Against control while both arms are there and comparable; otherwise against the history the file
 * chose, or the level pinned when the stage before ended.
 */
function baselineOf(
  plan: GaugePlan,
  answers: Lookup,
  rollout: Rollout,
  control: Looks | undefined,
): BaselineSource | undefined {
  const { check } = plan;
  if (!isRelative(check.limits) && !isRelative(check.warn)) return undefined;
  const chosen = check.baseline;
  if (chosen.kind === 'value') {
    return { kind: 'level', level: { from: 'value', value: chosen.value } };
  }
  if (chosen.kind === 'control' && control !== undefined) {
    return { kind: 'series', from: 'control', series: control, shift: 0 };
  }
  if (plan.baseline && chosen.kind !== 'control') {
    const series = readLooks(plan.baseline, answers);
    if (series.kind === 'unavailable') {
      return { kind: 'series', from: chosen.kind, series, shift: 0 };
    }
    const value = finite(latest(series));
    if (chosen.kind === 'offset' && value !== undefined) {
      return { kind: 'series', from: 'offset', series, shift: chosen.by };
    }
    if (value !== undefined) return { kind: 'level', level: { from: chosen.kind, value } };
  }
  // Of everyone: users picked by a list are not like them.
  const pinned = isCohort(rollout) ? undefined : rollout.status.baseline[check.metric.name];
  return pinned === undefined
    ? undefined
    : { kind: 'level', level: { from: 'pinned', value: pinned } };
}

/** The baseline now. */
function levelNow(
  plan: GaugePlan,
  baseline: BaselineSource | undefined,
): BaselineLevel | undefined {
  if (baseline?.kind !== 'series') return baseline?.level;
  const level = finite(current(plan, baseline.series, baseline.shift));
  return level === undefined ? undefined : { from: baseline.from, value: level };
}

/** The baseline at a moment. */
function levelAt(baseline: BaselineSource | undefined, at: Instant): BaselineLevel | undefined {
  if (baseline?.kind !== 'series') return baseline?.level;
  if (baseline.series.kind !== 'series') return undefined;
  const point = baseline.series.points.find((each) => each.at === at - baseline.shift);
  const level = finite(point?.value);
  return level === undefined ? undefined : { from: baseline.from, value: level };
}

/**
 * How long the limit has been broken without a break, looking back from the newest sample. A
 * missing sample ends it: no data is not health, and it is not harm either.
 */
function lasting(
  plan: GaugePlan,
  treatment: Looks,
  baseline: BaselineSource | undefined,
  kind: 'breach' | 'warn',
): Duration {
  if (treatment.kind !== 'series' || plan.step === 0) return 0;
  const limits = kind === 'breach' ? plan.check.limits : plan.check.warn;
  const end = endOf(plan);
  let since = end;
  let expected = end;
  for (const point of treatment.points.toReversed()) {
    if (Math.abs(point.at - expected) > plan.step / 2) break;
    const level = levelAt(baseline, point.at)?.value;
    const over = holdAgainst(point.value, limits, kind, level).some((limit) => limit.over);
    if (!over || !Number.isFinite(point.value)) break;
    since = point.at;
    expected = point.at - plan.step;
  }
  return end - since;
}

/** An arm's value now; a series that ended before now has none. */
function current(plan: GaugePlan, series: Looks, shift: Duration = 0): number | undefined {
  const newest = series.kind === 'series' ? series.points.at(-1) : undefined;
  if (newest === undefined || plan.step === 0) return newest?.value;
  return endOf(plan) - shift - newest.at <= plan.step / 2 ? newest.value : undefined;
}

function endOf({ treatment }: GaugePlan): Instant {
  return treatment.kind === 'series' ? treatment.to : treatment.at;
}

/** Control reports and the treatment does not, though by now it should. */
function isSilent(
  plan: GaugePlan,
  answers: Lookup,
  control: number | undefined,
  samples: number | undefined,
  rollout: Rollout,
): boolean {
  if (control === undefined || !servesTreatmentByChance(rollout)) return false;
  const controlSamples = readNumber(plan.controlSamples, answers);
  if (controlSamples === undefined) return plan.elapsed >= SILENCE;
  return (samples ?? 0) === 0 && expectedOf(rollout, controlSamples) >= EXPECTED_SAMPLES;
}

/** The mean of what is finite in a series; one look is its own mean. */
function mean(series: Looks | undefined): number | undefined {
  const values = series?.kind === 'series' ? series.points.map(({ value }) => value) : [];
  const usable = values.filter(Number.isFinite);
  return usable.length === 0
    ? undefined
    : usable.reduce((sum, value) => sum + value, 0) / usable.length;
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;
