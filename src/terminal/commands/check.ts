import { check as inspect } from '../../commands/check.ts';
import { checkView } from '../../tell/views/check.ts';
import { type TerminalCommand, textIf } from '../command.ts';
import { withContext } from '../options.ts';
import { show } from '../show.ts';
import { wantedOf } from '../wanted.ts';

export const check: TerminalCommand = {
  name: 'check',
  description:
    'ask every query of a rollout now: what there is, how old it is, and whether it will do',
  takes: (command) => command.argument('[flag]', 'only this flag'),
  run: ([flag], options, terminal) =>
    withContext(options, terminal, async (context) => {
      const report = await inspect(context, (all) => wantedOf(all, textIf(flag)));
      return show(checkView(report), options, terminal);
    }),
};
