import { migrate as rewrite } from '../../commands/migrate.ts';
import { migrateView } from '../../tell/views/migrate.ts';
import type { TerminalCommand } from '../command.ts';
import { withContext } from '../options.ts';
import { show } from '../show.ts';

export const migrate: TerminalCommand = {
  name: 'migrate',
  description: 'rewrite the files of an older Sluice for this one, moving no user',
  run: (_, options, terminal) =>
    withContext(options, terminal, async (context) =>
      show(migrateView(await rewrite(context)), options, terminal),
    ),
};
