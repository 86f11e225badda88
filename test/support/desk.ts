import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isMapping, type Json } from '../../src/model/json.ts';
import { parseYaml } from '../../src/yaml/parse.ts';
import { type TemporaryRepository, temporaryRepository } from './git.ts';
import { type Ran, type RunOptions, type SeenRollout, sluice } from './program.ts';
import { recorder } from './recorder.ts';
import { recordFaults } from './records.ts';

/** A repository with rollouts in it, and the program to be run on it at a virtual time. */
export interface Desk {
  readonly repo: TemporaryRepository;
  readonly dir: string;
  /** Runs any command with `--json`. */
  run(now: string, ...args: readonly string[]): Promise<Ran>;
  /** Runs a command for people. */
  show(now: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** One tick. */
  tick(now: string, ...args: readonly string[]): Promise<Tick>;
  /** What a person says in a comment. */
  say(now: string, text: string, ...args: readonly string[]): Promise<Ran>;
  /** What a person commits, at a virtual time. */
  commit(now: string, message: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** A file as it is on the branch. */
  file(path: string): Promise<string>;
  /** The `status` of a rollout file on the branch. */
  status(path: string): Promise<Readonly<Record<string, Json>>>;
  /** A flag's entry in the compiled target. */
  target(key: string): Promise<Readonly<Record<string, Json>>>;
  /** Full commit messages of a branch, newest first. */
  messages(branch?: string): Promise<readonly string[]>;
  /** How many commits the branch has. */
  count(): Promise<number>;
  /** Names of the branches below `rollout/`. */
  reverts(): Promise<readonly string[]>;
  /** What git has to say of the work tree: nothing where it is clean. */
  dirt(): Promise<string>;
}

export interface Tick extends Ran {
  /** A flag as the tick saw it, by its key or, in `production`, by its name. */
  of(flag: string): SeenRollout;
}

export const TARGET = 'flags/exposures.json';

const open: TemporaryRepository[] = [];

/** A new repository whose first commit holds these files. Closed by `closeDesks`. */
export async function openDesk(
  at: string,
  files: Readonly<Record<string, string>>,
  options: { readonly bare?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Desk> {
  const { env = {}, ...how } = options;
  const repo = await temporaryRepository(how);
  const desk = deskIn(repo, env);
  await desk.commit(at, 'Start here', files);
  return desk;
}

const compiled = new Map<string, Promise<TemporaryRepository>>();

/**
 * `openDesk`, and `compile` a first time. Files that a test file opens again are compiled once and
 * copied: a run takes as long as some dozens of git processes.
 */
export async function openCompiledDesk(
  at: string,
  files: Readonly<Record<string, string>>,
  options: { readonly bare?: boolean } = {},
): Promise<Desk> {
  const build = async (): Promise<Desk> => {
    const desk = await openDesk(at, files, options);
    await desk.run(at, 'compile');
    return desk;
  };
  // A recording of a test has all its runs.
  if (recorder) return build();
  const key = JSON.stringify([at, files, options]);
  const original = compiled.get(key) ?? build().then(({ repo }) => repo);
  compiled.set(key, original);
  return deskIn(await (await original).copy(), {});
}

function deskIn(repo: TemporaryRepository, env: Readonly<Record<string, string>>): Desk {
  open.push(repo);
  const { dir, git } = repo;

  async function commit(now: string, message: string, changes: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(changes)) await repo.write(path, text);
    return repo.commitAll(message, { date: Date.parse(now) });
  }

  async function file(path: string): Promise<string> {
    // `git` cuts the last newline off, which a file of ours must keep.
    const shown = await git('cat-file', 'blob', `main:${path}`);
    return `${shown}\n`;
  }

  const run = (now: string, ...args: readonly string[]): Promise<Ran> =>
    sluice(dir, [...args, '--json'], { now, env });

  return {
    repo,
    dir,
    run,
    show: (now, args, more = {}) => sluice(dir, args, { now, env, ...more }),
    async tick(now, ...args) {
      const ran = await run(now, 'reconcile', ...args);
      return {
        ...ran,
        of(flag) {
          const key = flag.includes('@') ? flag : `${flag}@production`;
          const found = ran.json().rollouts?.find((each) => each.key === key);
          if (found) return found;
          throw new Error(`no ${key} in ${ran.stdout}`);
        },
      };
    },
    say: (now, text, ...args) => run(now, 'respond', text, '--as', 'ada', ...args),
    commit,
    file,
    async status(path) {
      const { value } = parseYaml(await file(path));
      const status = isMapping(value) ? value.status : undefined;
      return isMapping(status) ? status : {};
    },
    async target(key) {
      const { flags } = JSON.parse(await file(TARGET)) as {
        flags: Record<string, Record<string, Json>>;
      };
      return flags[key.includes('@') ? key : `${key}@production`] ?? {};
    },
    async messages(branch = 'main') {
      const log = await git('log', '--format=%B%x00', branch);
      return log.split('\0').flatMap((text) => (text.trim() === '' ? [] : [text.trim()]));
    },
    count: async () => Number(await git('rev-list', '--count', 'main')),
    async reverts() {
      const list = await git('for-each-ref', '--format=%(refname:short)', 'refs/heads/rollout');
      return list === '' ? [] : list.split('\n');
    },
    dirt: () => git('status', '--porcelain'),
  };
}

/** A file of the work tree, as it is on disk. */
export function onDisk({ dir }: Desk, path: string): Promise<string> {
  return readFile(join(dir, path), 'utf8');
}

/** Closes all desks; whatever moved in them, its evidence record must hold. */
export async function closeDesks(): Promise<void> {
  compiled.clear();
  const closing = open.splice(0);
  try {
    for (const { git } of closing) expect(await recordFaults(git)).toEqual([]);
  } finally {
    await Promise.all(closing.map((repo) => repo.cleanup()));
  }
}
