import { execFile, spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** Whatever this machine's git is configured to do, a repository of ours does not see it. */
export const GIT_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: devNull,
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git in a directory and says how it ended, whatever that was. */
export function tryGit(
  dir: string,
  args: readonly string[],
  input?: string | Uint8Array,
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...args],
      { cwd: dir, env: GIT_ENVIRONMENT, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, stdout, stderr });
        else reject(error);
      },
    );
    child.stdin?.end(input);
  });
}

/** Runs git and answers what it printed, without the last newline. */
export async function git(
  dir: string,
  args: readonly string[],
  input?: string | Uint8Array,
): Promise<string> {
  const { code, stdout, stderr } = await tryGit(dir, args, input);
  if (code !== 0) throw new Error(`git ${args.join(' ')} (${code}): ${stderr.trim()}`);
  return stdout.replace(/\n$/, '');
}

export function startGit(dir: string, args: readonly string[]) {
  return spawn('git', [...args], { cwd: dir, env: GIT_ENVIRONMENT });
}
