import type { Forge } from '../../src/forge/forge.ts';
import type { CommitIdentity } from '../../src/forge/git/draft.ts';
import { CommandError, type Context } from '../../src/repository/context.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import type { Home } from '../support/homes.ts';
import { Objection } from './journal.ts';

/**
 * Whether a process that has nothing but a clone of the repository sees and decides the same.
 *
 * @param contextOf of a dry run
 * @throws Objection
 */
export async function sameInClone(
  home: Home,
  author: CommitIdentity,
  contextOf: (forge: Forge) => Context,
): Promise<void> {
  const clone = await home.clone();
  try {
    const here = await decisions(contextOf(await home.open(author)));
    const there = await decisions(contextOf(await clone.open(author)));
    for (const [key, decision] of here) {
      if (there.get(key) === decision) continue;
      throw new Objection(key, `a clone says ${there.get(key)}, not ${decision}`);
    }
  } finally {
    await clone.close();
  }
}

/** What would be decided, and since when each entry is; of a broken config, nothing. */
async function decisions(context: Context): Promise<ReadonlyMap<string, string>> {
  try {
    const { assessments } = await reconcile(context);
    return new Map(
      assessments.map(({ rollout, decision, entryStart }) => [
        rollout.key,
        JSON.stringify([entryStart, decision]),
      ]),
    );
  } catch (error) {
    if (error instanceof CommandError) return new Map();
    throw error;
  }
}
