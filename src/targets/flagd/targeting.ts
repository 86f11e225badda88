import { BUCKETS, type Exposure } from '../../model/exposure.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Instant } from '../../time.ts';
import { isIn, type Logic, type Slices, variable } from '../entries/audience-logic.ts';

/** How flagd resolves a flag: a rule, and the variant where the rule has none or there is no rule. */
export interface Resolution {
  readonly defaultVariant: string;
  readonly targeting?: Logic;
}

type Timed = Pick<Rollout, 'start' | 'end' | 'bucketBy'>;

/**
 * The resolution of an exposure: outside start and end the control, then block, then allow, then
 * the audiences, then everyone else.
 *
 * A user is put into one of 100,000 buckets by flagd's `fractional`. The exposed variant always
 * has the first buckets and the weights always sum to 100,000, so that more weight takes nobody
 * out, and another variant (a fallback) with the same weight goes to the same users.
 */
export function resolutionOf(exposure: Exposure, slices: Slices, timed: Timed): Resolution {
  const { variant, control, allow, block } = exposure;
  if (variant === control || (allow.length === 0 && slices.slices.length + slices.rest === 0)) {
    return { defaultVariant: control };
  }
  const share = (weight: number): Logic => shareOf(weight, exposure, timed.bucketBy);
  const branches: readonly Logic[] = [
    ...(timed.start === undefined ? [] : [{ '<': [NOW, seconds(timed.start)] }, control]),
    ...(timed.end === undefined ? [] : [{ '>=': [NOW, seconds(timed.end)] }, control]),
    ...(block.length === 0 ? [] : [isIn(KEY, block), control]),
    ...(allow.length === 0 ? [] : [isIn(KEY, allow), variant]),
    ...slices.slices.flatMap(({ condition, weight }) => [condition, share(weight)]),
  ];
  const rest = share(slices.rest);
  if (branches.length > 0)
    return { defaultVariant: control, targeting: { if: [...branches, rest] } };
  return typeof rest === 'string'
    ? { defaultVariant: rest }
    : { defaultVariant: control, targeting: rest };
}

const KEY = 'targetingKey';
const NOW = variable('$flagd.timestamp');

/** Flagd counts whole seconds; a start within one counts from the next. */
const seconds = (instant: Instant): number => Math.ceil(instant / 1_000);

/** Who is below a weight gets the variant. */
function shareOf(weight: number, { variant, control }: Exposure, bucketBy: string): Logic {
  if (weight === 0) return control;
  if (weight >= BUCKETS) return variant;
  const split = [
    [variant, weight],
    [control, BUCKETS - weight],
  ];
  if (bucketBy === KEY) return { fractional: split };
  // Flagd's own key is the flag's followed by the targeting key. Without the attribute, all users
  // would share one bucket: they stay out.
  const salted = { cat: [variable('$flagd.flagKey'), variable(bucketBy)] };
  return { if: [{ '!!': [variable(bucketBy)] }, { fractional: [salted, ...split] }, control] };
}
