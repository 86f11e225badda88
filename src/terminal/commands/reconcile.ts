import { tickView } from '../../tell/views/tick.ts';
import { reconcile as tick } from '../../tick/reconcile.ts';
import type { TerminalCommand } from '../command.ts';
import { withContext } from '../options.ts';
import { show } from '../show.ts';

export const reconcile: TerminalCommand = {
  name: 'reconcile',
  description: 'one tick: measure, judge, and move what may move',
  run: (_, options, terminal) =>
    withContext(options, terminal, async (context) =>
      show(tickView(await tick(context)), options, terminal),
    ),
};
