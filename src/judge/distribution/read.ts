import type { Unavailable } from '../../model/measurement.ts';
import type { InsufficientReason } from '../../model/verdict.ts';
import type { Lookup } from '../answers.ts';
import type { BucketsAsked, DistributionPlan, SamplesAsked } from './plan.ts';
import { armOf, type Spread, type Stretch } from './spread.ts';
import { stretchesOfBuckets, stretchesOfSamples } from './stretches.ts';

/** Both arms since the entry began, or why there is nothing of the kind. */
export type SpreadsRead =
  | {
      readonly kind: 'read';
      readonly stretches: readonly Stretch[];
      /** The control over the history that the check is relative to. */
      readonly history?: Spread;
      /** What it means where the treatment has nothing. */
      readonly nothing: InsufficientReason;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly reason: InsufficientReason }
  | Unavailable;

/** Reads what was answered to a distribution's questions. */
export function readSpreads(plan: DistributionPlan, answers: Lookup): SpreadsRead {
  return plan.ask.kind === 'buckets'
    ? readBuckets(plan.ask, plan, answers)
    : readSamples(plan.ask, answers);
}

function readBuckets(
  { question, baseline }: BucketsAsked,
  { since }: DistributionPlan,
  answers: Lookup,
): SpreadsRead {
  const answer = answers(question);
  if (answer.kind === 'unavailable') return answer;
  const past = baseline && answers(baseline);
  // Monitoring that is down for the history must not leave the treatment to be judged alone.
  if (past?.kind === 'unavailable') return past;
  const stretches = stretchesOfBuckets(answer.found, question);
  const before = past && baseline ? stretchesOfBuckets(past.found, baseline) : [];
  if (stretches === undefined || before === undefined) {
    return { kind: 'unreadable', reason: 'no-buckets' };
  }
  const history = armOf(before, 'treatment');
  return {
    kind: 'read',
    stretches: stretches.filter(({ from }) => from >= since),
    ...(history ? { history } : {}),
    nothing: (answer.found[0] ?? []).length > 0 ? 'no-traffic' : 'no-data',
    warnings: answer.warnings,
  };
}

function readSamples(ask: SamplesAsked, answers: Lookup): SpreadsRead {
  const treatment = answers(ask.treatment);
  if (treatment.kind === 'unavailable') return treatment;
  const control = ask.control && answers(ask.control);
  if (control?.kind === 'unavailable') return control;
  const past = ask.baseline && answers(ask.baseline);
  if (past?.kind === 'unavailable') return past;
  const values = (past?.points ?? []).map(({ value }) => value).filter(Number.isFinite);
  return {
    kind: 'read',
    stretches: stretchesOfSamples(ask.treatment, treatment, control),
    ...(values.length > 0 ? { history: { kind: 'values', values } } : {}),
    nothing: treatment.points.length > 0 ? 'nan' : 'no-data',
    warnings: treatment.warnings,
  };
}
