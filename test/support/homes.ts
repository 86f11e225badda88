import { spawnSync } from 'node:child_process';
import type { Forge } from '../../src/forge/forge.ts';
import type { CommitIdentity } from '../../src/forge/git/draft.ts';
import { openGitForge } from '../../src/forge/git/git.ts';
import type { Instant } from '../../src/time.ts';
import { type TemporaryRepository, temporaryRepository } from './git.ts';
import { memoryRepository } from './memory-repository.ts';

/** Where rollouts live in a test: in memory, or in a real bare repository. People act on it too. */
export interface Home {
  /** A process of its own, which knows what git knows. */
  open(author: CommitIdentity): Promise<Forge>;
  /** A person merges a revert. False where git reports a conflict. */
  merge(branch: string, at: Instant): Promise<boolean>;
  /** A person declines a revert: its branch is renamed into `rollout/declined/…`. */
  decline(branch: string): Promise<void>;
  /** A person deletes a revert's branch, which says nothing. */
  drop(branch: string): Promise<void>;
  /** The same in another place, brought there by git alone. */
  clone(): Promise<Home>;
  close(): Promise<void>;
}

export async function memoryHome(
  files: Readonly<Record<string, string>>,
  at: Instant,
): Promise<Home> {
  const repository = memoryRepository(files, at);
  return {
    open: async (author) => repository.forgeAs(author),
    merge: async (branch, when) => repository.merge(branch, when),
    decline: async (branch) => repository.decline(branch),
    drop: async (branch) => repository.drop(branch),
    async clone() {
      const copy = await temporaryRepository({ bare: true });
      const args = ['fast-import', '--quiet', '--force'];
      const { status, stderr } = spawnSync('git', args, {
        cwd: copy.dir,
        input: repository.stream(),
      });
      if (status !== 0) throw new Error(`git fast-import: ${stderr}`);
      return homeIn(copy);
    },
    close: async () => undefined,
  };
}

export async function gitHome(files: Readonly<Record<string, string>>, at: Instant): Promise<Home> {
  const repository = await temporaryRepository({ bare: true });
  for (const [path, text] of Object.entries(files)) await repository.write(path, text);
  await repository.commitAll('First', { date: at });
  return homeIn(repository);
}

function homeIn(repository: TemporaryRepository): Home {
  const { dir, git } = repository;
  const declined = (branch: string): string => branch.replace('/revert/', '/declined/');
  return {
    open: (author) => openGitForge({ dir, author }),
    async merge(branch, at) {
      const before = await git('rev-parse', 'main');
      const tree = await git('merge-tree', '--write-tree', 'main', branch).catch(() => undefined);
      if (tree === undefined) return false;
      const date = `${Math.floor(at / 1000)} +0000`;
      const commit = [
        `tree ${tree}\nparent ${before}\nparent ${await git('rev-parse', branch)}`,
        `author Ada <ada@example.com> ${date}\ncommitter Ada <ada@example.com> ${date}`,
        `\nMerge branch '${branch}'\n`,
      ].join('\n');
      const { stdout } = spawnSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
        cwd: dir,
        input: commit,
      });
      await git('update-ref', 'refs/heads/main', stdout.toString('latin1').trim(), before);
      return true;
    },
    decline: async (branch) => void (await git('branch', '-m', branch, declined(branch))),
    drop: async (branch) => void (await git('branch', '-D', branch)),
    async clone() {
      const copy = await temporaryRepository({ bare: true });
      await copy.git('fetch', '--quiet', dir, '+refs/heads/*:refs/heads/*');
      return homeIn(copy);
    },
    close: () => repository.cleanup(),
  };
}
