import type { CountersAnswer, CountersQuery } from '../metrics/provider.ts';
import { isRelative } from '../rollout/limits.ts';
import type { Rollout } from '../rollout/model.ts';
import type { Instant } from '../time.ts';
import type { Budget } from './budget.ts';
import { increases } from './counts.ts';
import type { CountsPlan } from './counts-plan.ts';
import { type Asked, edgesOf, type Reference } from './edges.ts';
import { farOver, holdAgainst } from './limits.ts';
import { expectedOf, isCohort, SILENT, servesTreatmentByChance, tooFew } from './samples.ts';
import { type ArmTotal, intervalsOf, type Sequential, totalOf } from './sequence.ts';
import { judgeIntervals } from './sequential/sequential.ts';
import type { Interval, Reading } from './sequential/spec.ts';
import type {
  BaselineLevel,
  Evidence,
  InsufficientReason,
  LimitCheck,
  Tested,
  Verdict,
} from './verdict.ts';
import { versus } from './versus.ts';

/** What a provider answered about counters. */
export type CountersLookup = (query: CountersQuery) => CountersAnswer;

/**
 * Judges what was counted since the entry began: each limit is a sequential test that holds however
 * often a tick looks.
 */
export function judgeCounts(
  plan: CountsPlan,
  answers: CountersLookup,
  rollout: Rollout,
  budget: Budget,
): Verdict {
  const { check } = plan;
  const { metric } = check;
  const answer = answers(plan.query);
  const history = plan.baseline && answers(plan.baseline);
  const blank: Evidence = {
    query: plan.query.expressions.slice(0, plan.width).join(' / '),
    window: plan.elapsed,
    ...(check.minSamples ? { samplesNeeded: check.minSamples.count } : {}),
    limits: [],
    warnings: answer.kind === 'counters' ? answer.warnings : [],
    points: [],
  };
  if (answer.kind === 'unavailable') return { ...answer, check, evidence: blank };
  // Monitoring that is down for the history must not leave the treatment to be judged alone.
  if (history?.kind === 'unavailable') return { ...history, check, evidence: blank };
  if (metric.kind === 'distribution') {
    throw new Error('not yet');
  }
  const { kind } = metric;
  const { step } = plan.query;
  const all = intervalsOf(
    kind,
    increases(answer.found, plan.query, plan.query.from),
    plan.width,
    step,
  );
  const ours = all.filter(({ from }) => from >= plan.since);
  const treatment = totalOf(ours, 'treatment');
  const control = totalOf(ours, 'control');
  const level = history === undefined ? undefined : levelOf(plan, kind, history);
  const reference = referenceOf(plan, rollout, control, level);
  const baseline = baselineOf(reference, control);
  const evidence: Evidence = {
    ...blank,
    ...(control === undefined ? {} : { control: control.value, controlSamples: control.samples }),
    ...(baseline === undefined ? {} : { baseline }),
    samples: treatment?.samples ?? 0,
    points: pointsOf(ours),
  };
  const insufficient = (reason: InsufficientReason, more: Partial<Evidence> = {}): Verdict => ({
    kind: 'insufficient',
    reason,
    check,
    evidence: { ...evidence, ...more },
  });
  if (treatment === undefined) {
    const expected = expectedOf(rollout, control?.samples ?? 0);
    if (servesTreatmentByChance(rollout) && expected >= SILENT) {
      return insufficient('silent-treatment');
    }
    const seen = answer.found.slice(0, plan.width).some((counters) => counters.length > 0);
    return insufficient(seen ? 'no-traffic' : 'no-data');
  }
  if (!Number.isFinite(treatment.value)) return insufficient('infinite');

  const asked = [
    ...edgesOf(check.limits, 'breach', reference),
    ...edgesOf(check.warn, 'warn', reference),
  ];
  const readings = asked.map((each) => ({
    ...each,
    reading: judgeIntervals(
      { metric: kind, edge: each.edge, from: plan.since, planned: plan.planned, ...budget },
      all,
    ),
  }));
  const tested = readings.map(testedOf);
  const now = plan.query.to;

  for (const level of ['breach', 'warn'] as const) {
    const [worst] = readings
      .filter((each) => each.level === level && each.reading.breach !== undefined)
      .toSorted((a, b) => b.reading.logE - a.reading.logE);
    const { breach } = worst?.reading ?? {};
    if (worst === undefined || breach === undefined) continue;
    const lasting = { needed: check.for, seen: now - breach.at };
    // What is told is what the evidence counted, not diluted by the healthy days before.
    const { treatment: recent = treatment, control: beside } = worst.reading.recent;
    const against = reference?.kind === 'control' ? beside?.value : baseline?.value;
    const told = {
      value: recent.value,
      samples: recent.samples,
      ...(beside === undefined ? {} : { control: beside.value, controlSamples: beside.samples }),
      ...(baseline === undefined || against === undefined
        ? {}
        : { baseline: { ...baseline, value: against } }),
      limits: heldAgainst(plan, recent.value, against, worst),
      tested,
      ...(check.for > 0 ? { lasting } : {}),
    };
    if (lasting.seen < check.for) return insufficient('over-limit-briefly', told);
    const over = told.limits.filter((limit) => limit.level === level && limit.over);
    return {
      kind: level,
      check,
      evidence: { ...evidence, ...told },
      versusControl: versus(over, recent.value, beside?.value),
      far: over.some((limit) => farOver(limit, recent.value)),
    };
  }

  const few = tooFew(check, treatment.samples, plan.elapsed);
  const full = {
    value: treatment.value,
    limits: heldAgainst(plan, treatment.value, baseline?.value),
    tested,
  };
  if (few) return insufficient('too-few-samples', full);
  if (reference === undefined && (isRelative(check.limits) || isRelative(check.warn))) {
    return insufficient(isCohort(rollout) ? 'no-control' : 'no-baseline', full);
  }
  const proven = tested
    .filter((each) => each.level === 'breach')
    .every(({ says }) => says === 'inside');
  if (check.proof && !proven) return insufficient('unproven', full);
  return { kind: 'pass', proven, check, evidence: { ...evidence, ...full } };
}

/** Against control while both arms are there and comparable; otherwise the history, or what was pinned. */
export function referenceOf(
  { check, comparable }: Pick<CountsPlan, 'check' | 'comparable'>,
  rollout: Rollout,
  control: ArmTotal | undefined,
  history: number | undefined,
): Reference | undefined {
  if (!isRelative(check.limits) && !isRelative(check.warn)) return undefined;
  const chosen = check.baseline;
  if (chosen.kind === 'value') {
    return { kind: 'level', level: { from: 'value', value: chosen.value } };
  }
  if (chosen.kind === 'control' && comparable && control !== undefined) return { kind: 'control' };
  if (chosen.kind !== 'control' && history !== undefined) {
    return { kind: 'level', level: { from: chosen.kind, value: history } };
  }
  const pinned = rollout.status.baseline[check.metric.name];
  return pinned === undefined
    ? undefined
    : { kind: 'level', level: { from: 'pinned', value: pinned } };
}

function baselineOf(
  reference: Reference | undefined,
  control: ArmTotal | undefined,
): BaselineLevel | undefined {
  if (reference?.kind === 'level') return reference.level;
  return reference && control ? { from: 'control', value: control.value } : undefined;
}

/** What the control's history came to. */
function levelOf(
  { baseline, width }: CountsPlan,
  kind: Sequential,
  history: Extract<CountersAnswer, { kind: 'counters' }>,
): number | undefined {
  if (baseline === undefined) return undefined;
  const counted = increases(history.found, baseline, baseline.from);
  return totalOf(intervalsOf(kind, counted, width, baseline.step), 'treatment')?.value;
}

/** The limits as numbers; the one that a test found broken is, whatever this moment's number is. */
function heldAgainst(
  { check }: CountsPlan,
  value: number,
  baseline: number | undefined,
  broken?: Asked,
): readonly LimitCheck[] {
  return [
    ...holdAgainst(value, check.limits, 'breach', baseline),
    ...holdAgainst(value, check.warn, 'warn', baseline),
  ].map((limit) =>
    limit.name === broken?.name && limit.level === broken.level ? { ...limit, over: true } : limit,
  );
}

function testedOf({ name, level, reading }: Asked & { readonly reading: Reading }): Tested {
  const { verdict, interval, breach } = reading;
  return {
    name,
    level,
    says: verdict,
    of: interval?.of ?? 'value',
    low: interval?.low ?? Number.NEGATIVE_INFINITY,
    high: interval?.high ?? Number.POSITIVE_INFINITY,
    confidence: interval?.confidence ?? 0,
    ...(breach === undefined ? {} : { since: breach.since }),
  };
}

/** As many points as a chart can show. */
const MOST_POINTS = 24;

/** The treatment as it was over the entry, for charts. */
function pointsOf(intervals: readonly Interval[]): Evidence['points'] {
  const size = Math.max(1, Math.ceil(intervals.length / MOST_POINTS));
  const points: { at: Instant; value: number }[] = [];
  for (let from = 0; from < intervals.length; from += size) {
    const block = intervals.slice(from, from + size);
    const total = totalOf(block, 'treatment');
    if (total) points.push({ at: block.at(-1)?.to ?? 0, value: total.value });
  }
  return points;
}
