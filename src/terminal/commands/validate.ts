import { relative, resolve } from 'node:path';
import { type ReviewInput, validate as reviewFiles } from '../../commands/validate.ts';
import { defined } from '../../defined.ts';
import { ForgeError } from '../../forge/error.ts';
import { openGitForge } from '../../forge/git/git.ts';
import { readWorkTree, readWorkTreeFile } from '../../forge/git/work-tree.ts';
import { LARGEST_FILE } from '../../forge/text.ts';
import { reviewView } from '../../tell/views/review.ts';
import { type TerminalCommand, texts } from '../command.ts';
import {
  type CommonOptions,
  configOptionsOf,
  configPathOf,
  nowOf,
  requireConfig,
  topOf,
  UsageError,
} from '../options.ts';
import { show } from '../show.ts';
import type { Terminal } from '../terminal.ts';

export const validate: TerminalCommand = {
  name: 'validate',
  description: 'review the rollout files and the config in a folder',
  takes: (command) =>
    command
      .argument('[files...]', 'only these files')
      .option('--base <branch>', 'what the change is compared with (default: the last commit)'),
  run: ([files], options, terminal) => review(texts(files), options, terminal),
};

async function review(
  files: readonly string[],
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const dir = await topOf(options, terminal);
  const now = nowOf(options, terminal);
  const configPath = configPathOf(options);
  const configText = await readWorkTreeFile(dir, configPath, { maxBytes: LARGEST_FILE });
  requireConfig(options, configText);
  const earlier = await filesBefore(dir, options);
  const only = files.map((file) => relative(dir, resolve(terminal.cwd, file)));
  const report = await reviewFiles({
    configPath,
    configText,
    configOptions: configOptionsOf(options),
    list: (wanted) => readWorkTree(dir, wanted, { maxBytes: LARGEST_FILE }),
    now,
    ...(earlier?.before ? { before: earlier.before } : {}),
    ...(only.length > 0 ? { only } : earlier?.old ? { old: earlier.old } : {}),
  });
  const unread = only.filter((file) => !report.files.includes(file));
  if (unread.length > 0 && report.config) {
    throw new UsageError(
      `${unread.join(', ')} is no rollout file: the config's glob is ${report.config.rollouts}`,
    );
  }
  return show(reviewView(report, now, false), options, terminal);
}

/** Files as they were in the last commit, or on the base; nothing to compare with outside of git. */
async function filesBefore(
  dir: string,
  { base, branch }: CommonOptions,
): Promise<Pick<ReviewInput, 'before' | 'old'> | undefined> {
  const name = base ?? branch;
  try {
    const forge = await openGitForge({
      dir,
      author: { name: '', email: '' },
      ...defined({ branch: name }),
    });
    const { oid } = await forge.head();
    return {
      before: async (path) => {
        const text = await forge.readAt(oid, path);
        return text === undefined ? undefined : { path, text };
      },
      // A base may have files that the change does not know of yet: they are not deleted by it.
      ...(name === undefined
        ? {
            old: async (wanted) =>
              (await forge.read(oid, wanted, { maxBytes: LARGEST_FILE })).files,
          }
        : {}),
    };
  } catch (error) {
    if (error instanceof ForgeError && name === undefined) return undefined;
    throw error;
  }
}
