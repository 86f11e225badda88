import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TemporaryRepository } from '../support/git.ts';
import { forgeOn, NINE, repositoryWith } from './git-forge.ts';

const FLAG = 'rollouts/x.yaml';
const TARGET = 'flags/e.json';
const FILES = { [FLAG]: 'old\n', [TARGET]: '{"old": 1}\n', 'code.ts': 'old\n' };
const CHANGES = [
  { path: FLAG, text: 'kill: true\n' },
  { path: TARGET, text: '{"new": 1}\n' },
  { path: 'new/e.json', text: '{}\n' },
];

interface Dirty {
  readonly name: string;
  readonly make: (repository: TemporaryRepository) => Promise<unknown>;
  /** Files of the work tree afterwards; the others are those of the commit. */
  readonly kept: Readonly<Record<string, string>>;
  /** What git status shows afterwards. */
  readonly status: string;
}

const DIRTY: readonly Dirty[] = [
  {
    name: 'a flag file that was edited',
    make: ({ write }) => write(FLAG, 'mine\n'),
    kept: { [FLAG]: 'mine\n' },
    status: ` M ${FLAG}`,
  },
  {
    name: 'a flag file that was edited and staged',
    make: async ({ write, git }) => {
      await write(FLAG, 'mine\n');
      await git('add', FLAG);
    },
    kept: { [FLAG]: 'mine\n' },
    status: ` M ${FLAG}`,
  },
  {
    name: 'a flag file that was staged and edited again',
    make: async ({ write, git }) => {
      await write(FLAG, 'staged\n');
      await git('add', FLAG);
      await write(FLAG, 'mine\n');
    },
    kept: { [FLAG]: 'mine\n' },
    status: `MM ${FLAG}`,
  },
  {
    name: 'a target that was edited',
    make: ({ write }) => write(TARGET, 'mine\n'),
    kept: { [TARGET]: 'mine\n' },
    status: ` M ${TARGET}`,
  },
  {
    name: 'an untracked file where a target has to be',
    make: ({ write }) => write('new/e.json', 'mine\n'),
    kept: { 'new/e.json': 'mine\n' },
    status: ' M new/e.json',
  },
  {
    name: 'an untracked file where a folder has to be',
    make: ({ write }) => write('new', 'mine\n'),
    kept: { new: 'mine\n' },
    status: ' D new/e.json\n?? new',
  },
  {
    name: 'an untracked folder where a target has to be',
    make: ({ write }) => write('new/e.json/mine.txt', 'mine\n'),
    kept: { 'new/e.json/mine.txt': 'mine\n' },
    status: ' D new/e.json',
  },
  {
    name: 'a link where a folder has to be',
    make: async ({ dir }) => {
      await mkdir(join(dir, '..', 'elsewhere'));
      await symlink('../elsewhere', join(dir, 'new'));
    },
    kept: {},
    status: ' D new/e.json\n?? new',
  },
];

describe('an urgent commit', () => {
  test.each(DIRTY)('is made beside $name, which stays', async ({ make, kept, status }) => {
    const repository = await repositoryWith(FILES);
    const { dir, git } = repository;
    await make(repository);
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });

    expect(outcome).toMatchObject({
      kind: 'committed',
      warning: expect.stringMatching(/local changes, which were kept: git status shows/),
    });
    for (const { path, text } of CHANGES) {
      expect(await git('show', `HEAD:${path}`)).toBe(text.trimEnd());
    }
    expect(await git('status', '--porcelain')).toBe(status);
    for (const [path, text] of Object.entries(kept)) {
      expect(await readFile(join(dir, path), 'utf8')).toBe(text);
    }
    for (const { path, text } of CHANGES.filter(({ path }) => !status.includes(path))) {
      expect(await readFile(join(dir, path), 'utf8')).toBe(text);
    }
    // Nothing is left to be done, so that no later run touches what was kept.
    await forgeOn(repository);
    expect(await git('status', '--porcelain')).toBe(status);
    // What the warning says gives the committed version.
    if (!status.includes('new')) {
      await git('checkout', 'HEAD', '--', ...status.split('\n').map((line) => line.slice(3)));
      expect(await git('status', '--porcelain')).toBe('');
    }
  });

  test('writes a file that was deleted, which loses nothing', async () => {
    const repository = await repositoryWith(FILES);
    await repository.write(TARGET, 'mine\n');
    await rm(join(repository.dir, FLAG));
    const forge = await forgeOn(repository);
    await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });
    expect(await readFile(join(repository.dir, FLAG), 'utf8')).toBe('kill: true\n');
    expect(await repository.git('status', '--porcelain')).toBe(` M ${TARGET}`);
  });

  test('names the file, and how to see and to get the committed version', async () => {
    const repository = await repositoryWith(FILES);
    await repository.write(FLAG, 'mine\n');
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });
    expect(outcome).toMatchObject({
      warning: `in ${repository.dir} ${FLAG} has local changes, which were kept: git status shows it as modified, and committing it like that would undo this commit. To see the difference: \`git diff HEAD -- ${FLAG}\`. To take the committed version and drop the local changes: \`git checkout HEAD -- ${FLAG}\``,
    });
  });

  test('is made in the middle of a merge with conflicts, which goes on', async () => {
    const repository = await repositoryWith(FILES);
    const { git, write, commitAll, dir } = repository;
    await git('switch', '--quiet', '-c', 'side');
    await write('code.ts', 'side\n');
    await commitAll('Side');
    await git('switch', '--quiet', 'main');
    await write('code.ts', 'main\n');
    await commitAll('Main');
    await git('merge', '--quiet', 'side').catch(() => undefined);
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });
    expect(outcome).toEqual({ kind: 'committed', oid: expect.any(String) });
    expect(await readFile(join(dir, FLAG), 'utf8')).toBe('kill: true\n');
    expect(await git('status', '--porcelain')).toBe('UU code.ts');
    // The merge does not take the commit back.
    await write('code.ts', 'merged\n');
    await commitAll('Merged');
    expect(await git('show', `HEAD:${FLAG}`)).toBe('kill: true');
  });

  test('is made where a file of its own is in conflict, which stays', async () => {
    const repository = await repositoryWith(FILES);
    const { git, write, commitAll } = repository;
    await git('switch', '--quiet', '-c', 'side');
    await write(FLAG, 'side\n');
    await commitAll('Side');
    await git('switch', '--quiet', 'main');
    await write(FLAG, 'main\n');
    await commitAll('Main');
    await git('merge', '--quiet', 'side').catch(() => undefined);
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });
    expect(outcome).toMatchObject({ kind: 'committed', warning: expect.stringContaining(FLAG) });
    expect(await git('show', `HEAD:${FLAG}`)).toBe('kill: true');
    expect(await git('status', '--porcelain', '--', FLAG)).toBe(`UU ${FLAG}`);
  });

  test('is made while another git process holds the index, and the next run finishes it', async () => {
    const repository = await repositoryWith(FILES);
    const lock = join(repository.dir, '.git/index.lock');
    await writeFile(lock, '');
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });
    expect(outcome).toMatchObject({
      kind: 'committed',
      warning: expect.stringMatching(
        /could not follow it: .*index\.lock.*The next run tries again/s,
      ),
    });
    expect(await repository.git('show', `HEAD:${FLAG}`)).toBe('kill: true');
    await rm(lock);
    await forgeOn(repository);
    expect(await repository.git('status', '--porcelain')).toBe('');
    expect(await readFile(join(repository.dir, FLAG), 'utf8')).toBe('kill: true\n');
  });

  test('is made beside an index that is broken', async () => {
    const repository = await repositoryWith(FILES);
    await writeFile(join(repository.dir, '.git/index'), 'nonsense');
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Kill', CHANGES, NINE, { urgent: true });
    expect(outcome).toMatchObject({
      kind: 'committed',
      warning: expect.stringContaining('could not follow it'),
    });
    expect(await repository.git('show', `HEAD:${FLAG}`)).toBe('kill: true');
  });
});

describe('a difference that nobody typed is no local edit', () => {
  test('line endings that a file was committed with before it had an attribute', async () => {
    const repository = await repositoryWith({ ...FILES, [FLAG]: 'old\r\nline\r\n' });
    const { git, write, commitAll, dir } = repository;
    await write('.gitattributes', '*.yaml text\n');
    await git('add', '.gitattributes');
    await git('commit', '--quiet', '-m', 'Attributes');
    await utimes(join(dir, FLAG), new Date(0), new Date(0));
    expect(await git('status', '--porcelain')).toBe(` M ${FLAG}`);
    const forge = await forgeOn(repository);
    expect(await forge.commit(await forge.head(), 'Go', CHANGES, NINE)).toEqual({
      kind: 'committed',
      oid: expect.any(String),
    });
    expect(await git('status', '--porcelain')).toBe('');
    expect(await readFile(join(dir, FLAG), 'utf8')).toBe('kill: true\n');
    await commitAll('Nothing');
  });

  test('a file that was stored past its filter, or is there in another form', async () => {
    const repository = await repositoryWith({ ...FILES, [TARGET]: '{"old": 1}\r\n' });
    const { git, write, dir } = repository;
    await git('config', 'filter.upper.clean', 'tr a-z A-Z');
    await git('config', 'filter.upper.smudge', 'tr A-Z a-z');
    await write('.gitattributes', '*.json filter=upper\n*.yaml text\n');
    await git('add', '.gitattributes');
    await git('commit', '--quiet', '-m', 'Attributes');
    await utimes(join(dir, TARGET), new Date(0), new Date(0));
    expect(await git('status', '--porcelain')).toBe(` M ${TARGET}`);
    const forge = await forgeOn(repository);
    expect(await forge.commit(await forge.head(), 'Go', CHANGES, NINE)).toEqual({
      kind: 'committed',
      oid: expect.any(String),
    });
    expect(await git('show', `HEAD:${TARGET}`)).toBe('{"NEW": 1}');
    expect(await readFile(join(dir, TARGET), 'utf8')).toBe('{"new": 1}\n');
    expect(await git('status', '--porcelain')).toBe('');
  });

  test('but a typed one is, whatever the line endings', async () => {
    const repository = await repositoryWith({ ...FILES, [FLAG]: 'old\r\nline\r\n' });
    const { git, write } = repository;
    await write('.gitattributes', '*.yaml text\n');
    await git('add', '.gitattributes');
    await git('commit', '--quiet', '-m', 'Attributes');
    await write(FLAG, 'old\r\nmine\r\n');
    const forge = await forgeOn(repository);
    expect(await forge.commit(await forge.head(), 'Go', CHANGES, NINE)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining(`${FLAG} has local edits`),
    });
  });
});
