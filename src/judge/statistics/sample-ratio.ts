import { chiSquareSf } from './distributions.ts';
import { deviance, stirlingRemainder } from './gamma.ts';

/** An arm as it was asked for and as it came out. */
export interface Arm {
  /** Its share of users, in any unit that is the same for all arms. */
  readonly weight: number;
  /** How many came: users, not requests, which follow one another. */
  readonly observed: number;
}

/** Whether users were split as asked. Where they were not, trust nothing that compares the arms. */
export type SampleRatio =
  | { readonly kind: 'insufficient'; readonly expected: readonly number[] }
  | {
      readonly kind: 'match' | 'mismatch';
      /** How many of each arm were to be expected; of an arm without weight, none. */
      readonly expected: readonly number[];
      readonly p: number;
      readonly alpha: number;
    };

/** The chance of a false alarm: it halts a rollout, so it must be rare. */
export const SAMPLE_RATIO_ALPHA = 0.001;

/** An arm with fewer expected says nothing. */
export const LEAST_EXPECTED = 8;

/**
 * How firmly the alternative expects the split to be near the one asked for, as a number of
 * imagined users. A hundred sees gross mistakes at once, ten thousand (what the authors' own
 * package takes) small ones soon; half of each costs at most a factor of two.
 */
const CONCENTRATIONS = [100, 10_000] as const;

/** One look: Pearson's χ² of the observed counts against the expected, arms less one degrees. */
export function sampleRatio(
  arms: readonly Arm[],
  alpha = SAMPLE_RATIO_ALPHA,
): SampleRatio & { readonly chiSquare?: number } {
  const asked = weighted(arms);
  const expected = expectedOf(arms, asked);
  if (!enough(asked)) return { kind: 'insufficient', expected };
  const chiSquare = asked.reduce((sum, arm) => sum + arm.excess ** 2 / arm.expected, 0);
  const p = chiSquareSf(chiSquare, asked.length - 1);
  return { kind: p < alpha ? 'mismatch' : 'match', expected, p, alpha, chiSquare };
}

/**
 * Any number of looks: the multinomial e-process (Lindon & Malek, "Anytime-valid inference for
 * multinomial count data", NeurIPS 2022), folded over the intervals in their order. Its evidence
 * reaches 1/α with probability α at most, however often one looks: a mismatch once seen stays.
 *
 * @param intervals what came in each interval since the entry began and changes had settled
 */
export function sampleRatioOverTime(
  weights: readonly number[],
  intervals: readonly (readonly number[])[],
  alpha = SAMPLE_RATIO_ALPHA,
): SampleRatio {
  let arms: readonly Arm[] = weights.map((weight) => ({ weight, observed: 0 }));
  let peak = 0;
  for (const counts of intervals) {
    arms = arms.map((arm, index) => ({
      weight: arm.weight,
      observed: arm.observed + count(counts[index] ?? 0),
    }));
    if (enough(weighted(arms))) peak = Math.max(peak, sampleRatioEvidence(arms));
  }
  const asked = weighted(arms);
  const expected = expectedOf(arms, asked);
  if (!enough(asked)) return { kind: 'insufficient', expected };
  const p = Math.max(Math.exp(-peak), Number.MIN_VALUE);
  return { kind: p < alpha ? 'mismatch' : 'match', expected, p, alpha };
}

/**
 * The logarithm of the evidence against the split asked for: the probability of the counts under
 * splits drawn from Dirichlet distributions around it, over their probability under itself.
 *
 * ln Γ(α₀)/Γ(α₀+n) + Σ ln Γ(α_i+n_i)/Γ(α_i) − Σ n_i ln θ_i, with Stirling's formula put in for
 * each Γ: what is large cancels on paper instead of in the computer.
 */
export function sampleRatioEvidence(arms: readonly Arm[]): number {
  const asked = weighted(arms);
  const [first, second] = CONCENTRATIONS.map((concentration) => evidenceAt(asked, concentration));
  return logMeanOf(first ?? 0, second ?? 0);
}

/** An arm that users were to get, with what was to be expected of it. */
interface Asked {
  readonly share: number;
  readonly observed: number;
  readonly expected: number;
  readonly excess: number;
}

function evidenceAt(asked: readonly Asked[], concentration: number): number {
  const total = asked.reduce((sum, arm) => sum + arm.observed, 0);
  const all = Math.log1p(total / concentration) / 2 - remainder(concentration, total);
  return asked.reduce((sum, { share, observed, expected, excess }) => {
    const prior = concentration * share;
    return (
      sum +
      deviance(prior + observed, prior + expected, excess) -
      Math.log1p(observed / prior) / 2 +
      remainder(prior, observed)
    );
  }, all);
}

const remainder = (prior: number, observed: number): number =>
  stirlingRemainder(prior + observed) - stirlingRemainder(prior);

function weighted(arms: readonly Arm[]): readonly Asked[] {
  const there = arms
    .filter(hasWeight)
    .map(({ weight, observed }) => ({ weight, observed: count(observed) }));
  const weights = there.reduce((sum, { weight }) => sum + weight, 0);
  const total = there.reduce((sum, { observed }) => sum + observed, 0);
  return there.map(({ weight, observed }) => ({
    share: weight / weights,
    observed,
    expected: total * (weight / weights),
    // Weights and counts are whole numbers: so the excess is exact until the division.
    excess: (observed * weights - total * weight) / weights,
  }));
}

const enough = (asked: readonly Asked[]): boolean =>
  asked.length >= 2 && asked.every(({ expected }) => expected >= LEAST_EXPECTED);

function expectedOf(arms: readonly Arm[], asked: readonly Asked[]): readonly number[] {
  const left = asked.values();
  return arms.map(({ weight }) => (hasWeight({ weight }) ? (left.next().value?.expected ?? 0) : 0));
}

/** More users than this there are not: what follows stays exact, and fits into a double. */
const MOST = 1e15;

const count = (observed: number): number => (observed > 0 ? Math.min(observed, MOST) : 0);

const hasWeight = ({ weight }: { readonly weight: number }): boolean =>
  weight >= 1 / MOST && weight <= MOST;

/** ln((eˣ + eʸ) / 2), where eˣ may not fit into a double. */
const logMeanOf = (x: number, y: number): number =>
  Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))) - Math.LN2;
