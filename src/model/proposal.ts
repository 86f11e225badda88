import type { Instant } from '../time.ts';

/** Who closed a proposal unmerged. */
export type Closer =
  | { readonly kind: 'person' | 'bot'; readonly login: string }
  /** Sluice itself, because the entry was over. */
  | { readonly kind: 'sluice' }
  /** Anyone who can write to a local repository: git does not record who renamed a branch. */
  | { readonly kind: 'writer' };

/** A revert offered to people, or what has the name of one: a pull request, or a local branch. */
export interface Proposal {
  /** `rollout/revert/<flag>/<stage>-20261203T090511Z`: named for the entry it would end. */
  readonly branch: string;
  /**
   * `closed`: unmerged. Whether that is a no depends on who did it, which is not for the forge to
   * decide. `merged`: the branch it was made for contains it.
   */
  readonly state: 'open' | 'merged' | 'closed';
  /** Sluice opened it. Anyone who can push can take the name of a revert. */
  readonly ours: boolean;
  /** The message of its one commit, if that is Sluice's own and nothing was added to it. */
  readonly message?: string;
  /** Absent if it was not closed, or if nobody knows who did it. */
  readonly closedBy?: Closer;
  /** Who opened it, if Sluice did not and the forge knows. */
  readonly openedBy?: string;
  readonly openedAt: Instant;
  /** Where a person looks at it: a URL, or the name its branch has now. */
  readonly where: string;
  /** Its branch is still there and holds nothing but the bot's commit: it may be tidied away. */
  readonly disposable?: boolean;
}
