import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { defined } from '../../defined.ts';
import type { Duration } from '../../time.ts';
import { ForgeError } from '../error.ts';

/** How one git process ended. `code` is null where a signal ended it. */
export interface GitResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitCall {
  /** Written to its standard input, as UTF-8. */
  readonly input?: string;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it after so many milliseconds, with the code null. */
  readonly limit?: number;
  /** Lets it finish when Ctrl-C reaches the terminal: half a work tree is worse than a late exit. */
  readonly uninterrupted?: boolean;
  /** Ends it after so long, as if a signal had. */
  readonly timeout?: Duration;
}

/** Runs git in one place. Nothing passes through a shell. */
export interface Git {
  /** Runs it to its end, whatever its exit code. @throws ForgeError `git-missing`. */
  run(args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** Its output. @throws ForgeError `git-failed` on any other exit code than 0. */
  output(args: readonly string[], call?: GitCall): Promise<Buffer>;
  /**
   * Reads its output as it comes. `take` answers false once it has seen enough: the process is
   * killed then. @throws ForgeError `git-failed` when git fails before that.
   */
  stream(args: readonly string[], take: (chunk: Buffer) => boolean, call?: GitCall): Promise<void>;
  /** The same repository with another folder as its work tree. */
  inFolder(top: string): Git;
}

export interface GitPlace {
  /** The working directory. */
  readonly cwd: string;
  /** The repository; without it git looks for one from `cwd` upward. */
  readonly gitDir?: string;
  /** The top of its work tree, if not the one that the repository says. */
  readonly workTree?: string;
  /** Sees the arguments of every process that is started. For tests that count them. */
  readonly onSpawn?: ((args: readonly string[]) => void) | undefined;
}

/**
 * Settings of the user's that would change what git prints or where it writes. The lock timeouts
 * let git itself wait for a ref that another process is moving at this very moment.
 */
const SETTINGS = [
  'core.quotepath=off',
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.filesRefLockTimeout=500',
  'core.packedRefsTimeout=500',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
].flatMap((setting) => ['-c', setting]);

/** Variables that say where configuration lives and where to look, which is the user's to say. */
const KEPT =
  /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH|CEILING_DIRECTORIES)$/;

/**
 * The environment git runs in. Inherited `GIT_*` variables go: started from a hook they would point
 * every command at the hook's own repository, index and objects.
 */
function environment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') || KEPT.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // refs/replace would give an oid other contents than the ones it names.
    GIT_NO_REPLACE_OBJECTS: '1',
    ...added,
  };
}

/** Git, run in `place`, with its environment and settings hardened. */
export function gitIn(place: GitPlace): Git {
  const { cwd, gitDir, workTree, onSpawn } = place;
  const before = [
    '--no-pager',
    '--literal-pathspecs',
    ...SETTINGS,
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
  ];

  function start(args: readonly string[], call: GitCall, take: (chunk: Buffer) => boolean) {
    onSpawn?.(args);
    return new Promise<{ code: number | null; stderr: string; enough: boolean }>(
      (resolve, reject) => {
        const child = spawn('git', [...before, ...args], {
          cwd,
          env: environment(call.env),
          detached: call.uninterrupted === true,
          ...defined({ timeout: call.limit }),
          windowsHide: true,
        });
        const stderr: Buffer[] = [];
        let enough = false;
        const stop = (): void => {
          child.kill('SIGKILL');
          // What it has started may hold on to these for longer.
          child.stdout.destroy();
          child.stderr.destroy();
        };
        const timer = call.timeout === undefined ? undefined : setTimeout(stop, call.timeout);
        child.on('error', (error: NodeJS.ErrnoException) => reject(notStarted(error, cwd)));
        child.stdout.on('data', (chunk: Buffer) => {
          if (enough || take(chunk)) return;
          enough = true;
          child.kill();
        });
        child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
        child.on('close', (code) => {
          clearTimeout(timer);
          resolve({ code, stderr: Buffer.concat(stderr).toString('utf8'), enough });
        });
        // A git that ends early closes its input; its exit code tells the story, not EPIPE.
        child.stdin.on('error', () => undefined);
        child.stdin.end(call.input ?? '', 'utf8');
      },
    );
  }

  async function run(args: readonly string[], call: GitCall = {}): Promise<GitResult> {
    const chunks: Buffer[] = [];
    const { code, stderr } = await start(args, call, (chunk) => chunks.push(chunk) > 0);
    return { code, stdout: Buffer.concat(chunks), stderr };
  }

  return {
    run,
    async output(args, call) {
      const result = await run(args, call);
      if (result.code !== 0) throw gitFailed(args, cwd, result);
      return result.stdout;
    },
    async stream(args, take, call = {}) {
      const { code, stderr, enough } = await start(args, call, take);
      if (!enough && code !== 0) throw gitFailed(args, cwd, { code, stderr });
    },
    inFolder: (top) => gitIn({ ...place, cwd: top, workTree: top }),
  };
}

function notStarted(error: NodeJS.ErrnoException, cwd: string): ForgeError {
  // spawn says ENOENT for a missing folder too.
  if (error.code === 'ENOENT' && !existsSync(cwd)) {
    return new ForgeError('not-a-repository', `There is no folder ${cwd}. Check the path.`);
  }
  if (error.code === 'ENOENT') {
    return new ForgeError(
      'git-missing',
      'The program git was not found. Install git 2.31 or later and make sure it is on the PATH.',
    );
  }
  return new ForgeError('git-failed', `git could not be started in ${cwd}: ${error.message}.`, {
    cause: error,
  });
}

function gitFailed(
  args: readonly string[],
  cwd: string,
  result: Pick<GitResult, 'code' | 'stderr'>,
): ForgeError {
  const how = result.code === null ? 'was killed' : `failed with exit code ${result.code}`;
  return new ForgeError(
    'git-failed',
    `git ${args[0]} ${how} in ${cwd}: ${gitSaid(result)}. Run git fsck there if that does not explain it.`,
  );
}

/** Git's own words on one line, without its prefixes: for a sentence about what went wrong. */
export function gitSaid(result: Pick<GitResult, 'stderr'>): string {
  const lines = result.stderr.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.find(Boolean);
  return (
    said
      ?.replace(/^((fatal|error): )+(update_ref failed for ref '[^']*': )?/, '')
      .replace(/\.$/, '') ?? 'it gave no reason'
  );
}

/** Splits `-z` output into its records. */
export function records(output: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  let start = 0;
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, start)) {
    found.push(output.subarray(start, end));
    start = end + 1;
  }
  return found;
}
