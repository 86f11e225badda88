import type { Oid } from '../forge/forge.ts';
import { readTrailers } from '../tell/commit.ts';
import { type Instant, MINUTE } from '../time.ts';
import type { Context } from './context.ts';
import type { RolloutSource } from './read.ts';
import { revertBranch } from './revert-branch.ts';
import type { World } from './world.ts';

/** What a command came in, where a repeated run must not carry it out again. */
export interface Origin {
  /** `comment-123` */
  readonly source: string;
  /** When it was said: nothing before can have carried it out. */
  readonly since: Instant;
}

/** Commits to look at for one that carried a command out. */
const DEPTH = 10;
/** Clocks of the one who wrote and the one who commits may differ by this much. */
const SLACK = MINUTE;

/** The commit that carried out what came in this comment, where there is one. */
export async function carriedOut(
  { forge }: Pick<Context, 'forge'>,
  world: World,
  sources: readonly RolloutSource[],
  { source, since }: Origin,
): Promise<{ readonly oid: Oid; readonly subject: string } | undefined> {
  const subjects = sources.map((each) => ({
    path: each.path,
    revertBranch:
      each.kind === 'valid'
        ? revertBranch(each.rollout, world.config.environments)
        : 'rollout/revert/none',
  }));
  const looked = await forge.lookUp(world.head.oid, subjects, DEPTH);
  const touches = [...looked.values()].flatMap((each) => each.touches);
  for (const { oid, at } of touches) {
    if (at < since - SLACK) continue;
    const message = await forge.message(oid);
    const [subject = ''] = message.split('\n');
    if (readTrailers(message).some(({ via }) => via === source)) return { oid, subject };
  }
  return undefined;
}
