import { execFileSync } from 'node:child_process';
import { random } from '../soak/random.ts';

/**
 * Another one for each commit, and the same one whenever it is tested: a red run can be had again.
 * `TEST_SEED` draws another.
 */
export const SEED =
  process.env.TEST_SEED ??
  execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();

/** With `TEST_ALL` nothing is left out (`npm run test:all`). */
export const ALL = (process.env.TEST_ALL ?? '') !== '';

/**
 * Some of many cases that are alike and slow: each commit draws others, so that all of them are tried
 * sooner or later, and a whole run ends while somebody still waits for it.
 *
 * @param share how many of them, at most 1; at least one of each kind is left
 */
export function sampled<T>(
  name: string,
  cases: readonly T[],
  share: number,
  kindOf: (one: T) => string = () => '',
): readonly T[] {
  if (ALL) return cases;
  const draw = random(SEED, name);
  const drawn = cases.map(() => draw.chance(share));
  const missing = new Set(cases.map(kindOf));
  cases.forEach((one, index) => {
    if (drawn[index]) missing.delete(kindOf(one));
  });
  for (const kind of missing) {
    const alike = cases.flatMap((one, index) => (kindOf(one) === kind ? [index] : []));
    drawn[draw.pick(alike)] = true;
  }
  return cases.filter((_, index) => drawn[index]);
}
