/** Fewer blocks than this say nothing about how they follow one another. */
const FEWEST_BLOCKS = 16;
/** Blocks this little correlated count as independent: their mean's variance is off by a fifth. */
const UNCORRELATED = 0.1;

/**
 * How many neighbouring points to take together, so that the means of such blocks can be judged as
 * independent: the smallest power of two at which the correlation of a block with the next falls
 * to 0.1 (batch means; Law & Kelton, Simulation Modeling and Analysis, ch. 9). The correlation is
 * corrected for what a short series hides of it (Marriott & Pope, Biometrika 41, 1954).
 *
 * Ask the control arm, all of it: a regression looks like correlation. What both arms do by the
 * hour of the day counts too, which makes blocks longer than they need be and never too short.
 *
 * @returns `undefined` where the series is too short to tell
 */
export function blockLength(points: readonly number[]): number | undefined {
  for (let length = 1; points.length / length >= FEWEST_BLOCKS; length *= 2) {
    const means = blockMeans(points, length);
    const n = means.length;
    if ((n * nextCorrelation(means) + 1) / (n - 3) <= UNCORRELATED) return length;
  }
  return undefined;
}

/** The means of blocks of `length` points, from the first on; points left over are left out. */
export function blockMeans(points: readonly number[], length: number): readonly number[] {
  return Array.from({ length: Math.floor(points.length / length) }, (_, block) => {
    let mean = 0;
    for (let i = block * length; i < (block + 1) * length; i += 1)
      mean += (points[i] ?? 0) / length;
    return mean;
  });
}

/** How a value goes with the next, from −1 to 1; constants go with nothing. */
function nextCorrelation(values: readonly number[]): number {
  const size = Math.max(...values.map(Math.abs));
  if (size === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value / size / values.length, 0);
  const away = values.map((value) => value / size - mean);
  const variance = away.reduce((sum, each) => sum + each * each, 0);
  // What is left of a constant is rounding.
  if (variance <= values.length * Number.EPSILON) return 0;
  return away.slice(1).reduce((sum, each, i) => sum + each * (away[i] ?? 0), 0) / variance;
}
