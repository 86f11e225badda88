import type {
  Answer,
  Counter,
  CountersAnswer,
  CountersQuery,
  Query,
} from '../../model/measurement.ts';
import type { Instant } from '../../time.ts';
import { increases } from '../counts/growth.ts';
import { quantileOfBuckets } from '../statistics/histogram.ts';
import type { Counts } from '../statistics/proportions.ts';
import { judgeShadow, SHADOW_RULE } from '../statistics/shadow.ts';
import type { ShadowQuestions, TrialQuestion } from './plan.ts';
import type { ShadowResult } from './verdict.ts';
import { shadowText, unavailableText } from './words.ts';

const P95 = 0.95;

/** What providers answered to questions. */
export interface ShadowAnswers {
  series(question: TrialQuestion<Query>): Answer;
  counters(question: TrialQuestion<CountersQuery>): CountersAnswer;
}

/** Whether a shadow is fit to be heard, by all that it answered since the stage began. */
export function judgeShadowStage(plan: ShadowQuestions, answers: ShadowAnswers): ShadowResult {
  const { agreement, errors, latency, time, trial } = plan;
  const agreed = answers.counters(agreement);
  const failed = answers.counters(errors);
  const slow =
    latency.from === 'gauge'
      ? [answers.series(latency.shadow), answers.series(latency.control)]
      : [answers.counters(latency.both)];
  const metrics = [agreement, errors, ...slow.map(() => ({ metric: trial.latency }))];
  for (const [index, answer] of [agreed, failed, ...slow].entries()) {
    if (answer.kind === 'unavailable') {
      const text = unavailableText(metrics[index]?.metric.name ?? '', answer);
      return { kind: 'shadow', says: 'unavailable', does: 'blind', text, notes: [] };
    }
  }
  const [same = 0, compared = 0] = totals(foundIn(agreed), agreement.query, time.since);
  const [ours = 0, ofOurs = 0, theirs = 0, ofTheirs = 0] = totals(
    foundIn(failed),
    errors.query,
    time.since,
  );
  const figures = judgeShadow(
    {
      agreement: { events: same, total: compared },
      errors: { shadow: failures(ours, ofOurs), control: failures(theirs, ofTheirs) },
      p95:
        latency.from === 'gauge'
          ? { shadow: newest(slow[0]), control: newest(slow[1]) }
          : p95s(foundIn(slow[0]), latency.both.query, time.since),
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

/** Two counters are read at one moment and counted at two: a failure may be in before its total. */
const failures = (events: number, total: number): Counts => ({
  events,
  total: Math.max(events, total),
});

const foundIn = (answer: Answer | CountersAnswer | undefined): readonly (readonly Counter[])[] =>
  answer?.kind === 'counters' ? answer.found : [];

/** NaN where there is none. */
const newest = (answer: Answer | CountersAnswer | undefined): number =>
  answer?.kind === 'series' ? (answer.points.at(-1)?.value ?? Number.NaN) : Number.NaN;

/** How much each part of a query grew since a moment. */
function totals(
  found: readonly (readonly Counter[])[],
  query: CountersQuery,
  since: Instant,
): readonly number[] {
  const counted = increases(found, query, since);
  return found.map((_, part) => counted.reduce((sum, { by }) => sum + (by[part] ?? 0), 0));
}

/**
 * The 95th percentiles by the buckets of both sides; NaN where a side counted nothing. Both grow
 * together: what a side shows when it is first seen counts while the other was seen before.
 */
function p95s(
  [shadow = [], control = []]: readonly (readonly Counter[])[],
  query: CountersQuery,
  since: Instant,
): { readonly shadow: number; readonly control: number } {
  const [ours, theirs] = [byBound(shadow), byBound(control)];
  const counts = totals(
    [...ours, ...theirs].map(({ counters }) => counters),
    query,
    since,
  );
  const of = (side: ReturnType<typeof byBound>, first: number): number => {
    const buckets = side.map(({ le }, index) => ({ le, count: counts[first + index] ?? 0 }));
    return quantileOfBuckets(P95, buckets) ?? Number.NaN;
  };
  return { shadow: of(ours, 0), control: of(theirs, ours.length) };
}

function byBound(counters: readonly Counter[]) {
  const bounds = [...new Set(counters.map(({ labels }) => labels.le ?? ''))];
  return bounds.map((bound) => ({
    le: boundOf(bound),
    counters: counters.filter(({ labels }) => (labels.le ?? '') === bound),
  }));
}

const boundOf = (le: string): number =>
  le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le || Number.NaN);
