import { compile as compileAll } from '../../commands/compile.ts';
import { compileView } from '../../tell/views/compile.ts';
import type { TerminalCommand } from '../command.ts';
import { withContext } from '../options.ts';
import { show } from '../show.ts';

export const compile: TerminalCommand = {
  name: 'compile',
  description: 'write the targets that the rollouts ask for',
  run: (_, options, terminal) =>
    withContext(options, terminal, async (context) =>
      show(compileView(await compileAll(context)), options, terminal),
    ),
};
