import { readWorld } from '../../repository/world.ts';
import { statusView } from '../../tell/views/status.ts';
import { assessAll } from '../../tick/assess.ts';
import { type TerminalCommand, textIf } from '../command.ts';
import { type CommonOptions, withContext } from '../options.ts';
import { show } from '../show.ts';
import type { Terminal } from '../terminal.ts';
import { wantedOf } from '../wanted.ts';

export const status: TerminalCommand = {
  name: 'status',
  description: 'how every rollout stands, what comes next and when',
  takes: (command) => command.argument('[flag]', 'only this flag'),
  run: ([flag], options, terminal) => stand(textIf(flag), options, terminal),
};

async function stand(
  flag: string | undefined,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  return withContext(options, terminal, async (context) => {
    const world = await readWorld(context);
    const { assessments } = await assessAll(world, context);
    const rollouts = assessments.map(({ rollout }) => rollout);
    const keys = new Set(wantedOf(rollouts, flag).map(({ key }) => key));
    const wanted = assessments.filter(({ rollout }) => keys.has(rollout.key));
    const { badConfig, sources, head, config, configProblems } = world;
    const view = statusView({
      now: context.now,
      head,
      assessments: wanted,
      // Whether a file is valid is told by the branch's own config.
      invalid: badConfig ? [] : sources.filter(({ kind }) => kind === 'invalid'),
      badConfig: badConfig && { text: badConfig.text, problems: configProblems },
      glob: config.rollouts,
    });
    return show(view, options, terminal);
  });
}
