import { userInfo } from 'node:os';
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
import {
  runCompile,
  runInit,
  runReconcile,
  runRespond,
  runStatus,
  runValidate,
} from './commands.ts';
import { runImport } from './import.ts';
import { runMigrate } from './migrate.ts';
import { type CommonOptions, UsageError } from './options.ts';
import { runSimulate, type SimulateOptions } from './simulate.ts';
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

type Run = (options: CommonOptions, terminal: Terminal) => Promise<number>;

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
  const add = (name: string, description: string): Program =>
    common(program.command(name).description(description)).exitOverride();
  const run = (command: Program, action: (...args: never[]) => Run): void => {
    command.action(async (...args: unknown[]) => {
      const positional = args.slice(0, -2);
      done(await action(...(positional as never[]))(command.opts<CommonOptions>(), terminal));
    });
  };

  run(
    add('validate', 'review the rollout files and the config in a folder')
      .argument('[files...]', 'only these files')
      .option('--base <branch>', 'what the change is compared with (default: the last commit)'),
    (files: readonly string[]) => (options, io) => runValidate(files, options, io),
  );
  run(
    add('reconcile', 'one tick: measure, judge, and move what may move'),
    () => (options, io) => runReconcile(options, io),
  );
  run(
    add('respond', "obey a command, such as '/rollout rollback new-checkout too many errors'")
      .argument('<command...>', 'the command, as a comment would say it')
      .option('--as <user>', 'who says it', userInfo().username),
    (words: readonly string[]) => (options, io) => runRespond(words.join(' '), options, io),
  );
  run(
    add('compile', 'write the targets that the rollouts ask for'),
    () => (options, io) => runCompile(options, io),
  );
  run(
    add('status', 'how every rollout stands, what comes next and when').argument(
      '[flag]',
      'only this flag',
    ),
    (flag?: string) => (options, io) => runStatus(flag, options, io),
  );
  run(
    add('simulate', 'what the judge would make of a rollout, healthy and with regressions')
      .argument('<file>', 'the rollout file')
      .option('--traffic <count>', 'how much is counted, such as 200/min or <metric>=20/min', some)
      .option('--rate <metric=rate>', 'what a metric is in health (default: by its limits)', some)
      .option('--deviation <metric=number>', 'the spread of the samples of a mean', some)
      .option('--share <stage=share>', 'the part of the traffic in a stage of lists', some)
      .option('--overdispersion <factor>', 'how clustered events are, from 1', '1')
      .option('--runs <number>', 'how many healthy rollouts', '2000')
      .option('--seed <number>', 'another seed plays other runs', '1'),
    (file: string) => (options, io) => runSimulate(file, options as SimulateOptions, io),
  );
  run(
    add('init', 'write a config, an example rollout and the workflows into a repository').option(
      '--action <ref>',
      'the action the workflows use, pinned: owner/sluice@<commit>, or ./ in its own repository',
    ),
    () => (options, io) => runInit(options, io),
  );
  run(
    add('import', 'write rollout files for flags that are live already, moving no user')
      .argument('<format>', 'flagd or go-feature-flag')
      .argument('<file>', 'the flag file that services read now, in the repository')
      .option('--owner <owner>', "who answers for the flags, such as '@acme/payments'")
      .option('--environment <name>', 'where they are live, if there are several environments'),
    (format: string, file: string) => (options, io) => runImport(format, file, options, io),
  );
  run(
    add('migrate', 'rewrite the files of an older Sluice for this one, moving no user'),
    () => (options, io) => runMigrate(options, io),
  );
  return program;
}

/** An option that may be given several times. */
const some = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

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
