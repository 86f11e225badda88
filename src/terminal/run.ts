import { CommanderError, Command as Program } from 'commander';
import { defined } from '../defined.ts';
import { ForgeError } from '../forge/error.ts';
import { GitHubError } from '../forge/github/error.ts';
import { adviceFor } from '../forge/github/permissions.ts';
import { CommandError } from '../repository/context.ts';
import { describeBug } from '../tell/bug.ts';
import { resultOf } from '../tell/result.ts';
import { oneLine, visible, visibleJson } from '../text.ts';
import { VERSION } from '../version.ts';
import { COMMANDS } from './commands/index.ts';
import { type CommonOptions, UsageError } from './options.ts';
import { EXIT, type Terminal } from './terminal.ts';

/**
 * The terminal's door to the commands.
 *
 * @param args what stands after the program's name
 * @returns the exit code
 */
export async function runCli(args: readonly string[], outside: Terminal): Promise<number> {
  const terminal = outside.env.GITHUB_ACTIONS === 'true' ? inWorkflow(outside) : outside;
  let exit: number = EXIT.done;
  const program = buildProgram(terminal, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    const { code, message, exit: failed } = explain(error, terminal);
    if (failed !== EXIT.done && args.includes('--json')) {
      const command = args.find((arg) => !arg.startsWith('-')) ?? '';
      const result = resultOf(command, { error: { code, message } });
      terminal.stdout.write(`${visibleJson(result)}\n`);
    }
    return failed;
  }
}

/**
 * A workflow's runner obeys `::command::` at the start of a line and `##[command]` anywhere in it; a
 * name may hold one.
 */
function inWorkflow(terminal: Terminal): Terminal {
  const quiet = (stream: Terminal['stdout']): Terminal['stdout'] => ({
    ...defined({ isTTY: stream.isTTY }),
    write: (text) =>
      stream.write(
        text.replaceAll('##[', '## [').replace(/^([^\S\r\n\u2028\u2029]*):(?=:)/gm, '$1: '),
      ),
  });
  return { ...terminal, stdout: quiet(terminal.stdout), stderr: quiet(terminal.stderr) };
}

function buildProgram(terminal: Terminal, done: (code: number) => void): Program {
  const program = new Program('sluice')
    .description(
      'Feature-flag rollouts kept in git: reviewed, advanced on metrics, rolled back by themselves.',
    )
    .version(VERSION)
    .helpCommand(false)
    .showHelpAfterError('(sluice --help lists the commands)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(visible(text)),
    });
  for (const { name, description, takes = asItIs, run } of COMMANDS) {
    const command = takes(common(program.command(name).description(description))).exitOverride();
    command.action(async (...args: unknown[]) => {
      done(await run(args.slice(0, -2), command.opts<CommonOptions>(), terminal));
    });
  }
  return program;
}

const asItIs = (command: Program): Program => command;

function common(command: Program): Program {
  return command
    .option('--repo <dir>', 'the repository (default: this folder)')
    .option('--config <file>', 'the config in the repository (default: .github/sluice.yml)')
    .option('--github <owner/name>', 'a repository on GitHub, with a token in GITHUB_TOKEN')
    .option('--branch <name>', 'the branch rollouts live on (default: the one checked out)')
    .option('--prometheus-url <url>', 'a Prometheus, where the config names no provider')
    .option(
      '--allowed-secrets <names>',
      'the only variables the config may name as credentials, such as PROMETHEUS_TOKEN,SLACK_WEBHOOK',
    )
    .option('--now <time>', 'the moment to be at, as ISO 8601 (default: now)')
    .option('--dry-run', 'say what would be done, and write nothing', false)
    .option('--json', 'one JSON value instead of text', false)
    .option('--no-color', 'no colours');
}

/** A message may quote an argument, and that may be anything. */
const LONGEST = 2000;

interface Explained {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
}

/** Turns what was thrown into words and an exit code. */
function explain(error: unknown, { stderr }: Terminal): Explained {
  if (error instanceof CommanderError) {
    // Commander has said its piece already; help and version are no errors.
    const message = error.message.replace(/^error: /, '');
    return { exit: error.exitCode === 0 ? EXIT.done : EXIT.usage, code: 'bad-usage', message };
  }
  if (error instanceof CommandError || error instanceof ForgeError || error instanceof UsageError) {
    const { code, message } = error;
    // Errors of the config are several lines of ours; whatever else is quoted stays on one.
    const text =
      code === 'bad-config' || code === 'bad-rollout' || code === 'newer-format'
        ? visible(message)
        : oneLine(message, LONGEST);
    stderr.write(`sluice: ${text} (${code})\n`);
    const undone = code === 'busy-branch' || code === 'git-failed';
    return { exit: undone ? EXIT.undone : EXIT.usage, code, message };
  }
  if (error instanceof GitHubError) {
    const { code } = error;
    const message = `${error.message}${adviceFor(error)}`;
    stderr.write(`sluice: ${message} (${code})\n`);
    return { exit: EXIT.undone, code, message };
  }
  if (isSystemError(error)) {
    const { code = 'system', message } = error;
    stderr.write(`sluice: ${oneLine(message, LONGEST)}\n`);
    return { exit: EXIT.undone, code, message };
  }
  const { text, trace } = describeBug(error);
  stderr.write(`${[`sluice: ${text}`, ...trace].join('\n')}\n`);
  return { exit: EXIT.undone, code: 'internal', message: text };
}

/** What the file system refuses: a folder where a file is due, no permission, a full disk. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
