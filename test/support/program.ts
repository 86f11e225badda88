import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../src/model/json.ts';
import { recorder } from './recorder.ts';

/** The built program, as it is committed: whoever runs these tests has built it. */
const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface RunOptions {
  /** The virtual clock, as ISO 8601. */
  readonly now?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program with SIGKILL after so many milliseconds. */
  readonly killAfter?: number;
  /** Closes its output before it writes, as `sluice … | head` may. */
  readonly deaf?: boolean;
}

export interface Ran {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed with `--json`. Throws where that is not one JSON value. */
  json(): Result;
}

/** A `--json` result, as far as tests look into it. */
export interface Result {
  readonly 'schema-version': number;
  readonly command: string;
  readonly rollouts: readonly SeenRollout[];
  readonly drifted?: readonly string[];
  readonly commits: readonly {
    readonly oid: string;
    readonly subject: string;
    readonly moves: readonly { readonly key: string; readonly action: string }[];
  }[];
  readonly reverts: readonly { readonly branch: string; readonly opened: boolean }[];
  readonly failures: readonly {
    readonly code: string;
    readonly subject: string;
    readonly detail: string;
  }[];
  readonly notices: readonly {
    readonly code: string;
    readonly subject: string;
    readonly detail: string;
  }[];
  readonly problems: readonly {
    readonly severity: string;
    readonly code: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
    readonly hint: string | null;
  }[];
  /** Of `validate`: the files that were looked at. */
  readonly files: readonly string[];
  readonly outcome: string;
  readonly text: string;
  readonly next: string | null;
  readonly changed: readonly string[];
  readonly commit: string | null;
  readonly warnings: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

export interface SeenRollout {
  readonly key: string;
  readonly phase: string;
  readonly stage: string | null;
  readonly since: string | null;
  readonly decision: {
    readonly kind: string;
    readonly code: string;
    readonly why: string;
    readonly to: string | null;
    readonly until: string | null;
  };
  readonly verdicts: readonly {
    readonly metric: string;
    readonly verdict: string;
    readonly reason: string | null;
    readonly detail: string | null;
    readonly value: number | null;
    readonly control: number | null;
    readonly baseline: Json;
    readonly samples: number | null;
    readonly query: string;
  }[];
}

/** Runs `sluice <args>` in a folder, with no colours or credentials of this machine around it. */
export async function sluice(
  dir: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  // Where a program is when it is killed is chance, so that is not recorded.
  const recorded = options.killAfter === undefined ? recorder : undefined;
  const end = recorded?.begin({
    scene: dir,
    command: args,
    virtual: options.now !== undefined,
    repository: { dir, branch: 'main' },
  });
  const ran = await execute(dir, args, options);
  await end?.({ code: ran.code, answer: args.includes('--json') ? ran.stdout : undefined });
  return ran;
}

function execute(
  dir: string,
  args: readonly string[],
  { now, env = {}, killAfter, deaf = false }: RunOptions,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '' } = process.env;
    const git = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const child = spawn(
      process.execPath,
      [PROGRAM, ...args, ...(now === undefined ? [] : ['--now', now])],
      { cwd: dir, env: { PATH, HOME, ...git, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    if (deaf) child.stdout.destroy();
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    const timer =
      killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.once('close', (code) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString('utf8');
      const stderr = Buffer.concat(err).toString('utf8');
      const json = (): Result => {
        try {
          return JSON.parse(stdout) as Result;
        } catch (cause) {
          throw new Error(`no JSON (exit ${code}):\n${stdout}\n${stderr}`, { cause });
        }
      };
      resolve({ code, stdout, stderr, json });
    });
  });
}
