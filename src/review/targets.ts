import { carries } from '../model/carries.ts';
import type { Config, TargetConfig } from '../model/config.ts';
import type { ToldBy } from '../model/exposure.ts';
import type { Rollout } from '../model/rollout.ts';

/** A rollout that users have something of, or that is killed, and what tells who has it. */
export interface LiveRollout {
  readonly rollout: Rollout;
  readonly told: ToldBy;
}

/**
 * A change to `targets`. A file that is written no more, or otherwise, is what services go on
 * reading.
 */
export interface TargetsChange {
  readonly live: readonly LiveRollout[];
  readonly before: Config;
  readonly after: Config;
}

/** What a change makes of one target and of the live rollouts in it. */
export interface TargetFate {
  readonly target: TargetConfig;
  /** The same target after the change, and which of the list it is; absent if it is gone. */
  readonly now?: { readonly target: TargetConfig; readonly index: number };
  /** Those that it still has. */
  readonly kept: readonly LiveRollout[];
  /** Those that it has no more. */
  readonly lost: readonly Rollout[];
}

/** The fate of each target. Findings are one a target, because it may hold hundreds of flags. */
export function fatesOf({ live, before, after }: TargetsChange): readonly TargetFate[] {
  return before.targets.map((target) => {
    const index = after.targets.findIndex((other) => isSame(target, other));
    const now = after.targets[index];
    const stays = ({ rollout }: LiveRollout): boolean =>
      after.targets.some((other) => isSame(target, other) && carries(other, rollout));
    const carried = live.filter(({ rollout }) => carries(target, rollout));
    return {
      target,
      ...(now ? { now: { target: now, index } } : {}),
      kept: carried.filter(stays),
      lost: carried.filter((each) => !stays(each)).map(({ rollout }) => rollout),
    };
  });
}

const isSame = (one: TargetConfig, other: TargetConfig): boolean =>
  one.path === other.path && one.type === other.type && rolloutOf(one) === rolloutOf(other);

/** The flag whose traffic a target shares out. */
function rolloutOf(target: TargetConfig): string | undefined {
  switch (target.holds) {
    case 'flags':
      return undefined;
    case 'traffic':
      return target.rollout;
  }
}

/** More names than this say no more. */
const NAMES = 3;

/** `one, two and three`; of more, the first three and how many besides. */
export function namesOf(rollouts: readonly Rollout[]): string {
  const names = rollouts.slice(0, NAMES).map(({ key }) => key);
  const more = rollouts.length - names.length;
  const all = more > 0 ? [...names, `${more} more`] : names;
  return [all.slice(0, -1).join(', '), ...all.slice(-1)]
    .filter((each) => each !== '')
    .join(' and ');
}
