import { userInfo } from 'node:os';
import { respond as obey } from '../../chatops/respond.ts';
import { replyView } from '../../tell/views/reply.ts';
import { type TerminalCommand, texts } from '../command.ts';
import { withContext } from '../options.ts';
import { show } from '../show.ts';

export const respond: TerminalCommand = {
  name: 'respond',
  description: "obey a command, such as '/rollout rollback new-checkout too many errors'",
  takes: (command) =>
    command
      .argument('<command...>', 'the command, as a comment would say it')
      .option('--as <user>', 'who says it', userInfo().username),
  run: ([words], options, terminal) =>
    withContext(options, terminal, async (context) => {
      const reply = await obey(context, texts(words).join(' '), options.as ?? 'somebody');
      return show(replyView(reply, 'terminal'), options, terminal);
    }),
};
