import type { BucketIncrements, Grid, Growth, Unavailable } from '../../model/measurement.ts';
import type { Instant } from '../../time.ts';
import { countedSince } from '../counts/intervals.ts';
import { quantileOfBuckets } from '../statistics/histogram.ts';
import type { Counts } from '../statistics/proportions.ts';
import { judgeShadow, SHADOW_RULE } from '../statistics/shadow.ts';
import type { ShadowQuestions, TrialLookup } from './plan.ts';
import type { ShadowResult } from './verdict.ts';
import { shadowText, unavailableText } from './words.ts';

const P95 = 0.95;

/** Whether a shadow is fit to be heard, by all that it answered since the stage began. */
export function judgeShadowStage(plan: ShadowQuestions, answers: TrialLookup): ShadowResult {
  const { agreement, errors, time, trial } = plan;
  const agreed = answers(agreement);
  if (agreed.kind === 'unavailable') return blind(agreement.metric.name, agreed);
  const failed = answers(errors);
  if (failed.kind === 'unavailable') return blind(errors.metric.name, failed);
  const p95 = p95s(plan, answers);
  if ('kind' in p95) return blind(trial.latency.name, p95);
  const [same = 0, compared = 0] = totals(agreed.found, agreement.question, time.since);
  const [ours = 0, ofOurs = 0, theirs = 0, ofTheirs = 0] = totals(
    failed.found,
    errors.question,
    time.since,
  );
  const figures = judgeShadow(
    {
      agreement: { events: same, total: compared },
      errors: { shadow: failures(ours, ofOurs), control: failures(theirs, ofTheirs) },
      p95,
    },
    { ...SHADOW_RULE, ...trial.rule },
  );
  const fit = figures.kind === 'promote-to-canary';
  const over = time.now >= time.entryStart + time.maxDuration;
  return {
    kind: 'shadow',
    says: figures.kind,
    does: fit ? 'advance' : over ? 'pause' : 'wait',
    text: shadowText(figures),
    notes: [],
    figures,
  };
}

function blind(metric: string, answer: Unavailable): ShadowResult {
  const text = unavailableText(metric, answer);
  return { kind: 'shadow', says: 'unavailable', does: 'blind', text, notes: [] };
}

/** Two counters are read at one moment and counted at two: a failure may be in before its total. */
const failures = (events: number, total: number): Counts => ({
  events,
  total: Math.max(events, total),
});

/** How much each part of a question counted since a moment. */
function totals(parts: readonly Growth[], grid: Grid, since: Instant): readonly number[] {
  const counted = countedSince(parts, grid, since);
  return parts.map((_, part) => counted.reduce((sum, { by }) => sum + (by[part] ?? 0), 0));
}

/** The 95th percentiles of both sides; NaN where a side has none, or counted nothing. */
function p95s(
  { latency, time }: ShadowQuestions,
  answers: TrialLookup,
): { readonly shadow: number; readonly control: number } | Unavailable {
  if (latency.from === 'gauge') {
    const [shadow, control] = [answers(latency.shadow), answers(latency.control)];
    if (shadow.kind === 'unavailable') return shadow;
    if (control.kind === 'unavailable') return control;
    return { shadow: shadow.value ?? Number.NaN, control: control.value ?? Number.NaN };
  }
  const { question } = latency.both;
  const answer = answers(latency.both);
  if (answer.kind === 'unavailable') return answer;
  const of = (buckets: readonly BucketIncrements[] = []): number => {
    const counts = totals(buckets, question, time.since);
    const spread = buckets.map(({ le = Number.NaN }, index) => ({ le, count: counts[index] ?? 0 }));
    return quantileOfBuckets(P95, spread) ?? Number.NaN;
  };
  const [shadow, control] = answer.found;
  return { shadow: of(shadow), control: of(control) };
}
