import { defined } from '../defined.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { CommitOptions, CommitOutcome, FileChange, Forge } from '../forge/forge.ts';
import type { Head, Oid } from '../model/head.ts';
import type { LeftOut } from '../model/repository-file.ts';
import { CommandError, type Context } from './context.ts';
import type { World } from './world.ts';

/** How often a commit is moved onto a branch that keeps moving elsewhere. */
const REBASES = 50;

export type Written =
  | {
      readonly kind: 'committed';
      readonly head: Head;
      readonly oid: Oid;
      readonly warning?: string;
      /** Optional files that could not be written. */
      readonly leftOut: readonly LeftOut[];
    }
  /** A rollout, the config or a target changed under us: everything must be decided again. */
  | { readonly kind: 'superseded' }
  | Extract<CommitOutcome, { kind: 'refused' }>;

/**
 * Commits onto the branch, conditional on the head that was read. Where the branch moved and
 * nothing that bears on rollouts changed, the commit moves along; where something did, nothing is
 * written.
 *
 * @throws CommandError `busy-branch` where the branch never holds still.
 */
export async function commitOnto(
  context: Pick<Context, 'forge' | 'now'>,
  world: Pick<World, 'concerns'>,
  head: Head,
  message: string,
  changes: readonly FileChange[],
  options: CommitOptions = {},
): Promise<Written> {
  const { forge } = context;
  let at = head;
  for (let turn = 0; turn < REBASES; turn += 1) {
    const outcome = await forge.commit(at, message, changes, context.now, options);
    if (outcome.kind === 'refused') return outcome;
    if (outcome.kind === 'committed') {
      const { oid, tip = oid, warning, leftOut = [] } = outcome;
      return {
        kind: 'committed',
        oid,
        head: { ...at, oid: tip },
        leftOut,
        ...defined({ warning }),
      };
    }
    if (await concernsUs(forge, world, head, outcome.head)) return { kind: 'superseded' };
    at = outcome.head;
  }
  throw new CommandError(
    'busy-branch',
    `${head.branch} moved ${REBASES} times while a commit was made; run again`,
  );
}

/** Whether nothing that bears on rollouts has changed on the branch since it was at `at`. */
export async function stillStands(
  { forge }: Pick<Context, 'forge'>,
  world: Pick<World, 'concerns'>,
  at: Head,
): Promise<boolean> {
  const now = await forge.head();
  return now.oid === at.oid || !(await concernsUs(forge, world, at, now));
}

async function concernsUs(
  forge: Pick<Forge, 'changedPaths'>,
  { concerns }: Pick<World, 'concerns'>,
  from: Head,
  to: Head,
): Promise<boolean> {
  try {
    return (await forge.changedPaths(from.oid, to.oid, concerns)).length > 0;
  } catch (error) {
    // Without an answer anything may have changed: everything is read and decided again.
    if (error instanceof ForgeFailure) return true;
    throw error;
  }
}
