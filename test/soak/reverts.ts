import type { Instant } from '../../src/time.ts';
import type { Flag } from './read.ts';

/** What became of the reverts that were offered, and when; a moment counts everything that happens. */
export interface Reverts {
  note(branch: string, state: RevertState, at: Instant): void;
  /** As somebody saw it who asked at that moment. */
  seen(branch: string, moment: number): 'none' | 'open' | 'declined';
  openedAt(branch: string, moment?: number): Instant | undefined;
  state(branch: string): RevertState | undefined;
  /** Branches of reverts that wait. */
  open(): readonly string[];
}

export type RevertState = 'open' | 'merged' | 'declined' | 'withdrawn' | 'dropped';

export function keepReverts(now: () => number): Reverts {
  const byBranch = new Map<string, { state: RevertState; moment: number; at: Instant }[]>();
  const latest = (branch: string) => byBranch.get(branch)?.at(-1);
  return {
    note(branch, state, at) {
      const list = byBranch.get(branch) ?? [];
      byBranch.set(branch, [...list, { state, moment: now(), at }]);
    },
    seen(branch, moment) {
      const then = byBranch.get(branch)?.findLast((each) => each.moment < moment)?.state;
      if (then === 'open') return 'open';
      // One that was merged, of an entry that goes on, was undone by a person.
      return then === 'declined' || then === 'merged' ? 'declined' : 'none';
    },
    openedAt: (branch, before = Number.POSITIVE_INFINITY) =>
      byBranch.get(branch)?.findLast(({ state, moment }) => state === 'open' && moment < before)
        ?.at,
    state: (branch) => latest(branch)?.state,
    open: () => [...byBranch.keys()].filter((branch) => latest(branch)?.state === 'open'),
  };
}

/** The branch of the revert of a flag's entry. */
export function branchOf(key: string, flag: Flag, environments: readonly string[]): string {
  const since = new Date(flag.since ?? 0).toISOString().replace(/[-:]|\.\d+/g, '');
  const name = environments.length > 1 ? key : key.replace(/@.*/, '');
  return `rollout/revert/${name}/${flag.stage ?? 'none'}-${since}`;
}
