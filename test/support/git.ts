import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Instant } from '../../src/time.ts';
import { writeEmptyRepository } from './empty-repository.ts';

const execute = promisify(execFile);

// Whatever this machine's git is configured to do, neither our git nor the code under test sees it.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';

/** Without the process that tidies up after a commit: nothing here lives long enough to need it. */
const UNATTENDED = ['-c', 'maintenance.auto=false'];

export interface TemporaryRepository {
  /** The repository: its work tree, or the bare repository itself. */
  readonly dir: string;
  /** Runs git in it and answers what it printed, without the last newline. */
  git(...args: readonly string[]): Promise<string>;
  /** Writes a file, into the work tree or (bare) the next commit. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Commits: with a work tree everything in it, in a bare repository what was written since. */
  commitAll(message: string, options?: { readonly date?: Instant }): Promise<string>;
  /** Another repository with everything that is in this one, work tree included. */
  copy(): Promise<TemporaryRepository>;
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
  await writeEmptyRepository(bare ? dir : join(dir, '.git'), {
    bare,
    config: '[user]\nname = Ada\nemail = ada@example.com\n',
  });
  return openRepository(root, bare);
}

function openRepository(root: string, bare: boolean): TemporaryRepository {
  const dir = join(root, bare ? 'repository.git' : 'repository');
  /** Bare: what the next commit changes. */
  const written = new Map<string, string | Uint8Array>();

  async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: Uint8Array) {
    const running = execute('git', [...UNATTENDED, ...args], {
      cwd: dir,
      env: { ...process.env, ...env },
      maxBuffer: 64 << 20,
    });
    if (input !== undefined) running.child.stdin?.end(input);
    const { stdout } = await running;
    return stdout.replace(/\n$/, '');
  }

  return {
    dir,
    git: (...args) => run(args),

    async write(path, content) {
      if (bare) {
        written.set(path, content);
        return;
      }
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), content);
    },

    async commitAll(message, { date } = {}) {
      if (bare) {
        const exists = await run(['for-each-ref', 'refs/heads/main']);
        const stream = commitStream(message, date ?? Date.now(), exists !== '', written);
        written.clear();
        return run(['fast-import', '--quiet'], {}, stream);
      }
      const when = date === undefined ? undefined : `@${Math.floor(date / 1000)} +0000`;
      const env = when === undefined ? {} : { GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when };
      await run(['add', '--all'], env);
      await run(['commit', '--quiet', '--allow-empty', '-m', message], env);
      return headOf(join(dir, '.git'));
    },

    async copy() {
      const other = await mkdtemp(`${root}-`);
      await cp(root, other, { recursive: true, verbatimSymlinks: true });
      const copied = openRepository(other, bare);
      // To the index they are other files, until git has compared what is in them.
      if (!bare) await copied.git('update-index', '-q', '--refresh');
      return copied;
    },

    cleanup: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The commit that was just made: nobody has packed its ref yet. */
async function headOf(folder: string): Promise<string> {
  const head = (await readFile(join(folder, 'HEAD'), 'utf8')).trim();
  const ref = /^ref: (.*)$/.exec(head)?.[1];
  return ref === undefined ? head : (await readFile(join(folder, ref), 'utf8')).trim();
}

/** A commit on `main` for `git fast-import`, which answers its id. */
function commitStream(
  message: string,
  date: Instant,
  hasParent: boolean,
  files: ReadonlyMap<string, string | Uint8Array>,
): Uint8Array {
  const data = (content: string | Uint8Array): Buffer[] => {
    const bytes = Buffer.from(content);
    return [Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')];
  };
  const parts = [
    Buffer.from(
      `commit refs/heads/main
mark :1
author Ada <ada@example.com> ${Math.floor(date / 1000)} +0000
committer Ada <ada@example.com> ${Math.floor(date / 1000)} +0000
`,
    ),
    ...data(`${message.trim()}\n`),
    ...(hasParent ? [Buffer.from('from refs/heads/main^0\n')] : []),
  ];
  for (const [path, content] of files) {
    parts.push(Buffer.from(`M 100644 inline ${JSON.stringify(path)}\n`), ...data(content));
  }
  return Buffer.concat([...parts, Buffer.from('get-mark :1\n')]);
}
