import { defined } from '../../defined.ts';
import type { IncrementsAnswer } from '../../model/measurement.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Evidence, InsufficientReason, Tested, Verdict } from '../../model/verdict.ts';
import type { Instant } from '../../time.ts';
import type { Lookup } from '../answers.ts';
import { unheard } from '../heard.ts';
import type { Budget } from '../limits/budget.ts';
import { conclude, type Tried } from '../limits/conclude.ts';
import { type Asked, edgesOf } from '../limits/edges.ts';
import { baselineOf, referenceOf } from '../limits/reference.ts';
import { tooFew } from '../samples.ts';
import { judgeAll } from '../sequential/sequential.ts';
import type { TestReading } from '../sequential/spec.ts';
import { incredible } from './credible.ts';
import type { CountsPlan } from './plan.ts';
import { type ArmTotal, type Sequential, type Series, seriesOf } from './series.ts';

/**
 * Judges what was counted since the entry began: each limit is a sequential test that holds however
 * often a tick looks.
 */
export function judgeCounts(
  plan: CountsPlan,
  answers: Lookup,
  rollout: Rollout,
  budget: Budget,
): Verdict {
  const { check } = plan;
  const { metric } = check;
  const answer = answers(plan.question);
  const history = plan.baseline && answers(plan.baseline);
  const blank: Evidence = {
    query: plan.question.queries.slice(0, plan.width).join(' / '),
    window: plan.elapsed,
    ...(check.minSamples ? { samplesNeeded: check.minSamples.count } : {}),
    limits: [],
    warnings: answer.kind === 'unavailable' ? [] : answer.warnings,
    points: [],
  };
  if (answer.kind === 'unavailable') return { ...answer, check, evidence: blank };
  // Monitoring that is down for the history must not leave the treatment to be judged alone.
  if (history?.kind === 'unavailable') return { ...history, check, evidence: blank };
  const { kind } = metric;
  const series = seriesOf(kind, answer.found, plan.question, plan.width);
  const first = firstSince(series, plan.since);
  const treatment = series.total('treatment', first);
  const control = plan.control ? series.total('control', first) : undefined;
  const level = history === undefined ? undefined : levelOf(plan, kind, history);
  const reference = referenceOf(plan, rollout, control, level);
  const baseline = baselineOf(reference, control);
  const evidence: Evidence = {
    ...blank,
    ...(control === undefined ? {} : { control: control.value, controlSamples: control.samples }),
    ...defined({ baseline }),
    samples: treatment?.samples ?? 0,
    points: pointsOf(series, first),
  };
  const insufficient = (reason: InsufficientReason, more: Partial<Evidence> = {}): Verdict => ({
    kind: 'insufficient',
    reason,
    check,
    evidence: { ...evidence, ...more },
  });
  const now = plan.question.to;
  const silence = unheard(
    rollout,
    {
      treatment: series.reports('treatment', plan.since),
      control: plan.control ? series.reports('control', plan.question.from) : undefined,
      needsControl: reference?.kind === 'control',
    },
    { ...plan.hears, now },
  );
  if (treatment === undefined) {
    if (silence === 'silent-treatment') return insufficient(silence);
    const seen = answer.found.slice(0, plan.width).some((part) => part.seen);
    return insufficient(seen ? 'no-traffic' : 'no-data');
  }
  if (!Number.isFinite(treatment.value)) return insufficient('infinite');
  const broken = brokenIn(plan, answer);
  if (broken === 'samples') return insufficient('nan');

  const few = tooFew(check, treatment.samples, plan.elapsed);
  const asked = [
    ...edgesOf(check.limits, 'breach', reference),
    ...edgesOf(check.warn, 'warn', reference),
  ];
  const { since: from, planned } = plan;
  const readings = judgeAll(
    { metric: kind, from, planned, ...budget },
    asked.map(({ edge }) => edge),
    plan.control ? series.history() : series.history(first),
  );
  return conclude({
    check,
    rollout,
    evidence,
    ...defined({ reference, baseline }),
    total: treatment,
    tried: asked.flatMap((each, index) => {
      const reading = readings[index];
      return reading ? [triedOf(each, reading, treatment)] : [];
    }),
    ...defined({
      lacks:
        silence ??
        (broken === 'events' ? 'nan' : undefined) ??
        incredible(plan, series, { treatment, control }) ??
        (few ? 'too-few-samples' : undefined),
    }),
    now,
  });
}

/** Whether the newest value of a counter is not a number: only of events, or of what they are out of. */
function brokenIn(
  { control, width, check }: CountsPlan,
  { found }: IncrementsAnswer,
): 'events' | 'samples' | undefined {
  const broken = found
    .slice(0, control ? undefined : width)
    .flatMap((part, place) => (part.broken ? [place % width] : []));
  if (broken.length === 0) return undefined;
  // A proportion's events come first. Without its total each event would be one of one.
  return check.metric.kind === 'proportion' && broken.every((part) => part === 0)
    ? 'events'
    : 'samples';
}

function triedOf(asked: Asked, reading: TestReading, total: ArmTotal): Tried {
  const { breach, logE, recent } = reading;
  return {
    tested: testedOf({ ...asked, reading }),
    weight: logE,
    ...(breach ? { breach } : {}),
    recent: {
      treatment: recent.treatment ?? total,
      ...(recent.control ? { control: recent.control } : {}),
    },
  };
}

/** The first interval of the evidence. */
function firstSince({ length, from }: Series, since: Instant): number {
  let first = 0;
  while (first < length && from(first) < since) first += 1;
  return first;
}

/** What the control's history came to. */
function levelOf(
  { baseline, width }: CountsPlan,
  kind: Sequential,
  history: IncrementsAnswer,
): number | undefined {
  if (baseline === undefined) return undefined;
  return seriesOf(kind, history.found, baseline, width).total('treatment')?.value;
}

function testedOf({ name, level, reading }: Asked & { readonly reading: TestReading }): Tested {
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
function pointsOf({ length, from, total }: Series, first: number): Evidence['points'] {
  const size = Math.max(1, Math.ceil((length - first) / MOST_POINTS));
  const points: { at: Instant; value: number }[] = [];
  for (let begin = first; begin < length; begin += size) {
    const end = Math.min(length, begin + size);
    const block = total('treatment', begin, end);
    if (block) points.push({ at: from(end), value: block.value });
  }
  return points;
}
