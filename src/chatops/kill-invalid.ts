import type { Guarded } from '../comment/command.ts';
import type { InvalidKill } from '../decide/move.ts';
import type { RolloutSource } from '../files/read.ts';
import type { Context } from '../repository/context.ts';
import { editSources } from '../repository/edit.ts';
import type { World } from '../repository/world.ts';
import type { Reply } from '../tell/report.ts';
import { killedAlready, write } from './commit.ts';
import { placesOf } from './find.ts';

/** A file that is invalid obeys one command: kill. Of several for one flag, each does. */
export async function onInvalid(
  context: Context,
  world: World,
  sources: readonly RolloutSource[],
  { verb, flag = '', reason, source }: Guarded,
  user: string,
): Promise<Reply | 'superseded'> {
  const where = placesOf(sources);
  const paths = sources.filter(({ text }) => text !== undefined).map(({ path }) => path);
  if (verb !== 'kill' || paths.length === 0) {
    return {
      kind: 'refused',
      text: `the rollout's file is invalid: ${where}`,
      next:
        verb === 'kill'
          ? 'Put a file there that says `kill: true`.'
          : 'Fix the file first; only kill works until then.',
    };
  }
  const move: InvalidKill = {
    of: 'invalid-file',
    action: 'kill',
    flag,
    where,
    why: `${user} said kill`,
    by: { user, verb, reason, source },
    edits: paths.map((path) => ({ kind: 'kill', path })),
    lane: 'commit',
  };
  if (editSources(world, world.sources, [move]).files.length === 0) {
    return killedAlready(context, world, paths, `\`${flag}\``);
  }
  return write(context, world, move, 'everybody gets the control; now fix the file');
}
