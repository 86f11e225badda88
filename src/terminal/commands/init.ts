import { init as writeFiles } from '../../commands/init.ts';
import { defined } from '../../defined.ts';
import { userInfo } from '../../http/endpoint.ts';
import { initView } from '../../tell/views/files.ts';
import { pinnedAction } from '../action-ref.ts';
import type { TerminalCommand } from '../command.ts';
import { type CommonOptions, topOf, UsageError } from '../options.ts';
import { show } from '../show.ts';
import type { Terminal } from '../terminal.ts';

export const init: TerminalCommand = {
  name: 'init',
  description: 'write a config, an example rollout and the workflows into a repository',
  takes: (command) =>
    command.option(
      '--action <ref>',
      'the action the workflows use, pinned: owner/sluice@<commit>, or ./ in its own repository',
    ),
  run: (_, options, terminal) => begin(options, terminal),
};

async function begin(options: CommonOptions, terminal: Terminal): Promise<number> {
  if (options.prometheusUrl !== undefined && hasUserInfo(options.prometheusUrl)) {
    throw new UsageError(
      '--prometheus-url holds a user name or a password, which would be committed; leave them out, and name their variables under `auth` in the config',
    );
  }
  const { prometheusUrl, dryRun } = options;
  const action = pinnedAction(options.action);
  const { written, kept } = await writeFiles(await topOf(options, terminal), {
    action,
    dryRun,
    ...defined({ prometheusUrl }),
  });
  return show(initView({ written, kept, dryRun }), options, terminal);
}

const hasUserInfo = (url: string): boolean =>
  URL.canParse(url) && userInfo(new URL(url)) !== undefined;
