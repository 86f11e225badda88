import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Instant } from '../../src/time.ts';

const execute = promisify(execFile);

// Whatever this machine's git is configured to do, neither our git nor the code under test sees it.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';

export interface TemporaryRepository {
  /** The repository: its work tree, or the bare repository itself. */
  readonly dir: string;
  /** Runs git in it and answers what it printed, without the last newline. */
  git(...args: readonly string[]): Promise<string>;
  /** Writes a file, into the work tree or (bare) a folder beside the repository. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Commits: with a work tree everything in it, in a bare repository what was written since. */
  commitAll(message: string, options?: { readonly date?: Instant }): Promise<string>;
  cleanup(): Promise<void>;
}

/** An empty repository of its own, on branch `main`, as the person Ada. */
export async function temporaryRepository(
  options: {
    readonly bare?: boolean;
    /** What the name of its folder begins with. */
    readonly prefix?: string;
  } = {},
): Promise<TemporaryRepository> {
  const root = await mkdtemp(join(tmpdir(), options.prefix ?? 'sluice-test-'));
  const bare = options.bare === true;
  const dir = join(root, bare ? 'repository.git' : 'repository');
  const files = bare ? join(root, 'files') : dir;
  const written = new Set<string>();
  await mkdir(files, { recursive: true });

  async function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    const { stdout } = await execute('git', [...args], {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: 64 << 20,
    });
    return stdout.replace(/\n$/, '');
  }

  await run(['init', '--quiet', '--initial-branch=main', ...(bare ? ['--bare'] : []), dir], root);
  await run(['config', 'user.name', 'Ada'], dir);
  await run(['config', 'user.email', 'ada@example.com'], dir);

  return {
    dir,
    git: (...args) => run(args, dir),

    async write(path, content) {
      await mkdir(dirname(join(files, path)), { recursive: true });
      await writeFile(join(files, path), content);
      written.add(path);
    },

    async commitAll(message, { date } = {}) {
      const when = date === undefined ? undefined : `@${Math.floor(date / 1000)} +0000`;
      const env = {
        ...(when === undefined ? {} : { GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when }),
        ...(bare ? { GIT_DIR: dir, GIT_WORK_TREE: files } : {}),
      };
      if (bare) {
        // Its index only serves these helpers, and knows nothing of what others committed.
        await run(['read-tree', '--empty'], files, env);
        await run(['read-tree', 'HEAD'], files, env).catch(() => undefined);
        await run(['--literal-pathspecs', 'add', '--', ...written], files, env);
        written.clear();
      } else {
        await run(['add', '--all'], files, env);
      }
      await run(['commit', '--quiet', '--allow-empty', '-m', message], files, env);
      return run(['rev-parse', 'HEAD'], dir);
    },

    cleanup: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
