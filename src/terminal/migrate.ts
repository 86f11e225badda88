import { migrate } from '../commands/migrate.ts';
import { migrateView } from '../tell/views/migrate.ts';
import { type CommonOptions, withContext } from './options.ts';
import { show } from './show.ts';
import type { Terminal } from './terminal.ts';

export async function runMigrate(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withContext(options, terminal, async (context) =>
    show(migrateView(await migrate(context)), options, terminal),
  );
}
