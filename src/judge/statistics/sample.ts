/** Values with how often each was seen, ascending and each once. Whole samples look like this. */
export interface Sample {
  readonly values: readonly number[];
  /** Above zero; whole for counts, fractions where a histogram's bucket was spread out. */
  readonly weights: readonly number[];
  /** The sum of the weights. */
  readonly total: number;
}

/** No measure is larger; differences and sums of what is smaller fit into a double. */
const LARGEST = 1e140;
/** What was seen less than a billionth of a time is what rounding left of never. */
const LEAST = 1e-9;
const MOST = 1e15;

/** A sample of values, each seen once. What is no number is no sample; order means nothing. */
export const sampleOf = (values: readonly number[]): Sample =>
  sampleOfWeighted(values.map((value) => ({ value, weight: 1 })));

/** A sample of values that were seen so many times each. */
export function sampleOfWeighted(
  points: readonly { readonly value: number; readonly weight: number }[],
): Sample {
  const usable = points
    .filter(({ value, weight }) => weight >= LEAST && Number.isFinite(value))
    .map(({ value, weight }) => ({
      value: Math.min(Math.max(value, -LARGEST), LARGEST),
      weight: Math.min(weight, MOST),
    }))
    .sort((x, y) => x.value - y.value);
  const values: number[] = [];
  const weights: number[] = [];
  let total = 0;
  for (const { value, weight } of usable) {
    const last = values.length - 1;
    if (values[last] === value) weights[last] = (weights[last] ?? 0) + weight;
    else {
      values.push(value);
      weights.push(weight);
    }
    total += weight;
  }
  return { values, weights, total };
}

/** The mean, or `undefined` of nothing. */
export function meanOf({ values, weights, total }: Sample): number | undefined {
  if (total === 0) return undefined;
  return values.reduce((mean, value, index) => mean + value * ((weights[index] ?? 0) / total), 0);
}

/**
 * Σ t (N − t) (N + t) over the sizes t of groups of equal values, N their sum. It is N³ − Σ t³, the
 * tie correction of rank tests, without the loss of digits where one group is nearly everything.
 */
export const untied = (sizes: readonly number[], total: number): number =>
  sizes.reduce((sum, size) => sum + size * (total - size) * (total + size), 0);
