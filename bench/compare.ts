/** Two times of the same run, in milliseconds. */
export interface Compared {
  readonly value: number;
  readonly reference: number;
}

/** Runs something and answers the milliseconds that count. */
export type Timed = () => Promise<number>;

/**
 * Runs two things in turn, so that what else the machine does meets both, and takes the least of
 * each: what the work takes when nothing gets in its way.
 */
export async function compare(
  runs: number,
  { value, reference }: { readonly value: Timed; readonly reference: Timed },
): Promise<Compared> {
  const least = { value: Number.POSITIVE_INFINITY, reference: Number.POSITIVE_INFINITY };
  for (let run = 0; run < runs; run += 1) {
    least.reference = Math.min(least.reference, await reference());
    least.value = Math.min(least.value, await value());
  }
  return least;
}

/** The milliseconds that some work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
