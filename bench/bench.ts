/** One figure: `ratio` is value over reference, and `target` the most it should be. */
export interface Bench {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: number;
  readonly ratio: number;
  readonly target: number;
}

export function bench(
  name: string,
  { value, unit, reference, target }: Pick<Bench, 'value' | 'unit' | 'reference' | 'target'>,
): Bench {
  return { name, value, unit, reference, ratio: value / reference, target };
}

/** A figure that has a limit of its own: the limit is the reference. */
export function limited(name: string, value: number, unit: string, limit: number): Bench {
  return bench(name, { value, unit, reference: limit, target: 1 });
}
