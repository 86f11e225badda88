import type { Rollout } from '../model/rollout.ts';
import { didYouMean } from '../model/suggest.ts';
import { UsageError } from './options.ts';

/**
 * The rollouts of a flag, or the one of a key; all of them if none is named.
 *
 * @throws UsageError if there is none
 */
export function wantedOf(all: readonly Rollout[], flag: string | undefined): readonly Rollout[] {
  if (flag === undefined) return all;
  const wanted = all.filter((each) => each.flag === flag || each.key === flag);
  if (wanted.length > 0) return wanted;
  const names = all.map((each) => each.flag);
  throw new UsageError(`there is no rollout of ${flag}: ${didYouMean(flag, names)}`);
}
