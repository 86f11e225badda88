import { relative, resolve } from 'node:path';
import {
  IMPORT_FORMATS,
  type ImportFormat,
  importFlags,
  isImportFormat,
} from '../../commands/import.ts';
import { defined } from '../../defined.ts';
import { readWorkTreeFile } from '../../forge/git/work-tree.ts';
import { LARGEST_FILE } from '../../forge/text.ts';
import { didYouMean } from '../../model/suggest.ts';
import { importView } from '../../tell/views/files.ts';
import { type TerminalCommand, text } from '../command.ts';
import { type CommonOptions, nowOf, topOf, UsageError } from '../options.ts';
import { show } from '../show.ts';
import type { Terminal } from '../terminal.ts';

const OWNER = /^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9._-]{1,100})?$/;
const NAME = /^(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;

/** What people call formats for short. */
const SHORT: Readonly<Record<string, ImportFormat>> = { goff: 'go-feature-flag' };

export const importFlagFile: TerminalCommand = {
  name: 'import',
  description: 'write rollout files for flags that are live already, moving no user',
  takes: (command) =>
    command
      .argument('<format>', 'flagd or go-feature-flag')
      .argument('<file>', 'the flag file that services read now, in the repository')
      .option('--owner <owner>', "who answers for the flags, such as '@acme/payments'")
      .option('--environment <name>', 'where they are live, if there are several environments'),
  run: ([format, file], options, terminal) => taken(text(format), text(file), options, terminal),
};

async function taken(
  named: string,
  file: string,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const { owner, environment } = options;
  const format = Object.hasOwn(SHORT, named) ? SHORT[named] : named;
  if (format === undefined || !isImportFormat(format)) {
    throw new UsageError(`${named} is no format: ${didYouMean(named, IMPORT_FORMATS)}`);
  }
  if (owner === undefined || !OWNER.test(owner)) {
    throw new UsageError("name who answers for the flags: --owner '@octocat' or '@acme/payments'");
  }
  if (environment !== undefined && !NAME.test(environment)) {
    throw new UsageError(`--environment ${environment} is no name of an environment`);
  }
  const dir = await topOf(options, terminal);
  const from = relative(dir, resolve(terminal.cwd, file));
  const written = await readWorkTreeFile(dir, from, { maxBytes: LARGEST_FILE });
  if (written === undefined) throw new UsageError(`there is no ${file} in the repository`);
  const report = await importFlags(dir, {
    format,
    from,
    text: written,
    owner,
    ...defined({ environment }),
    now: nowOf(options, terminal),
    dryRun: options.dryRun,
  });
  return show(importView(report), options, terminal);
}
