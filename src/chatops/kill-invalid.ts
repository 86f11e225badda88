import type { Guarded } from '../comment/command.ts';
import type { RolloutSource } from '../files/read.ts';
import type { Context } from '../repository/context.ts';
import type { World } from '../repository/world.ts';
import { killMessage } from '../tell/commit.ts';
import type { Reply } from '../tell/report.ts';
import { editYaml } from '../yaml/edit.ts';
import { YamlError } from '../yaml/error.ts';
import { looksKilled } from '../yaml/kill.ts';
import { commit, killedAlready } from './commit.ts';
import { placesOf } from './find.ts';

/** A file that is invalid obeys one command: kill. Of several for one flag, each does. */
export async function onInvalid(
  context: Context,
  world: World,
  sources: readonly RolloutSource[],
  { verb, flag = '', reason, source: origin }: Guarded,
  user: string,
): Promise<Reply | 'superseded'> {
  const where = placesOf(sources);
  const killed = sources.flatMap((source) =>
    source.text === undefined ? [] : [{ ...source, text: withKill(source.text), killed: true }],
  );
  if (verb !== 'kill' || killed.length === 0) {
    return {
      kind: 'refused',
      text: `the rollout's file is invalid: ${where}`,
      next:
        verb === 'kill'
          ? 'Put a file there that says `kill: true`.'
          : 'Mend the file first; only kill works until then.',
    };
  }
  const files = killed.filter(({ text, path }) =>
    sources.some((source) => source.path === path && source.text !== text),
  );
  const after = world.sources.map(
    (source) => killed.find(({ path }) => path === source.path) ?? source,
  );
  const paths = killed.map(({ path }) => path);
  if (files.length === 0) {
    return killedAlready(context, world, after, paths, `\`${flag}\``);
  }
  return commit(
    context,
    world,
    {
      sources: after,
      files: files.map(({ path, text }) => ({ path, text })),
      message: killMessage(flag, where, {
        user,
        verb,
        reason,
        ...(origin ? { source: origin } : {}),
      }),
      text: `Kill ${flag}`,
      takesBack: paths,
      urgent: true,
    },
    'everybody gets the control; now mend the file',
  );
}

/**
 * Sets the kill switch in the text of a rollout file, however broken the file is: where it is no
 * YAML any more, the line is put on top, which is where a reader in a hurry looks for it.
 */
function withKill(text: string): string {
  try {
    return editYaml(text, [{ path: ['kill'], value: true }]);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  if (looksKilled(text)) return text;
  const [, mark = '', rest = ''] = /^(\uFEFF?)([\s\S]*)$/.exec(text) ?? [];
  const lineBreak = rest.includes('\r\n') ? '\r\n' : '\n';
  return `${mark}kill: true${lineBreak}${rest}`;
}
