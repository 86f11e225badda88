import { writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detailOf, forgeOn, NINE, repositoryWith } from './git-forge.ts';

const CHANGE = [{ path: 'rollouts/x.yaml', text: 'new\n' }];
const FILES = { 'rollouts/x.yaml': 'old\n', 'rollouts/y.yaml': 'old\n', 'code.ts': 'old\n' };

async function repositoryAndForge() {
  const repository = await repositoryWith(FILES);
  const forge = await forgeOn(repository);
  const inTree = (path: string) => readFile(join(repository.dir, path), 'utf8');
  const status = () => repository.git('status', '--porcelain', '--ignored');
  return { repository, forge, inTree, status, head: await forge.head() };
}

describe('where the branch is checked out', () => {
  test('index and work tree follow the commit, and local edits elsewhere stay', async () => {
    const { repository, forge, inTree, status, head } = await repositoryAndForge();
    await repository.write('rollouts/y.yaml', 'edited\n');
    await repository.write('code.ts', 'staged\n');
    await repository.git('add', 'code.ts');
    await repository.write('untracked.txt', 'mine\n');
    const before = await status();

    expect(await forge.commit(head, 'Go', CHANGE, NINE)).toMatchObject({ kind: 'committed' });
    expect(await inTree('rollouts/x.yaml')).toBe('new\n');
    expect(await inTree('rollouts/y.yaml')).toBe('edited\n');
    expect(await status()).toBe(before);
    expect(await repository.git('diff', '--cached', '--name-only')).toBe('code.ts');
  });

  test.each<
    [string, (dir: string, git: (...args: string[]) => Promise<string>) => Promise<unknown>]
  >([
    ['edited', (dir) => writeFile(join(dir, 'rollouts/x.yaml'), 'mine\n')],
    [
      'staged',
      async (dir, git) => {
        await writeFile(join(dir, 'rollouts/x.yaml'), 'mine\n');
        await git('add', '.');
      },
    ],
    [
      'staged, and put back in the work tree only',
      async (dir, git) => {
        await writeFile(join(dir, 'rollouts/x.yaml'), 'mine\n');
        await git('add', '.');
        await writeFile(join(dir, 'rollouts/x.yaml'), 'old\n');
      },
    ],
    ['deleted', (dir) => rm(join(dir, 'rollouts/x.yaml'))],
    ['deleted from the index', (_, git) => git('rm', '--quiet', '--cached', 'rollouts/x.yaml')],
  ])('a file that was %s locally is in the way, and nothing is written', async (_, edit) => {
    const { repository, forge, status, head } = await repositoryAndForge();
    await edit(repository.dir, repository.git);
    const before = await status();
    expect(detailOf(await forge.commit(head, 'Go', CHANGE, NINE))).toBe(
      'rollouts/x.yaml has local edits that are not committed; commit or stash them, then run again',
    );
    expect(await forge.head()).toEqual(head);
    expect(await status()).toBe(before);
  });

  test('several edited files are counted', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    await repository.write('rollouts/x.yaml', 'mine\n');
    await repository.write('rollouts/y.yaml', 'mine\n');
    const changes = [...CHANGE, { path: 'rollouts/y.yaml', text: 'new\n' }];
    expect(detailOf(await forge.commit(head, 'Go', changes, NINE))).toContain(
      'rollouts/x.yaml and 1 more have local edits',
    );
  });

  test('an untracked or ignored file in the way is not overwritten', async () => {
    const { repository, forge, head, inTree } = await repositoryAndForge();
    await repository.write('.git/info/exclude', '*.json\n');
    await repository.write('flags/all.json', 'mine\n');
    await symlink('/tmp', join(repository.dir, 'linked'));
    for (const [path, words] of [
      ['flags/all.json', 'flags/all.json is in the way'],
      ['flags/all.json/deeper', 'flags/all.json is in the way'],
      ['linked/x', 'linked is in the way'],
      ['flags', 'flags is in the way'],
    ] as const) {
      const outcome = await forge.commit(head, 'Go', [{ path, text: '{}' }], NINE);
      expect(detailOf(outcome)).toContain(words);
    }
    expect(await inTree('flags/all.json')).toBe('mine\n');
    expect(await forge.head()).toEqual(head);
  });

  test('a file that is written as it is already may have local edits', async () => {
    const { repository, forge, head, inTree } = await repositoryAndForge();
    await repository.write('rollouts/y.yaml', 'mine\n');
    const changes = [...CHANGE, { path: 'rollouts/y.yaml', text: 'old\n' }];
    expect(await forge.commit(head, 'Go', changes, NINE)).toMatchObject({ kind: 'committed' });
    expect(await inTree('rollouts/y.yaml')).toBe('mine\n');
  });

  test('a file that was touched but not edited is clean', async () => {
    const { repository, forge, head, inTree, status } = await repositoryAndForge();
    await utimes(join(repository.dir, 'rollouts/x.yaml'), new Date(0), new Date(0));
    const outcome = await forge.commit(head, 'Go', CHANGE, NINE);
    expect(outcome).toEqual({ kind: 'committed', oid: expect.any(String) });
    expect(await inTree('rollouts/x.yaml')).toBe('new\n');
    expect(await status()).toBe('');
  });

  test('a merge with conflicts is finished first', async () => {
    const { repository, forge } = await repositoryAndForge();
    await repository.git('switch', '--quiet', '-c', 'side');
    await repository.write('code.ts', 'side\n');
    await repository.commitAll('Side');
    await repository.git('switch', '--quiet', 'main');
    await repository.write('code.ts', 'main\n');
    await repository.commitAll('Main');
    await repository.git('merge', '--quiet', 'side').catch(() => undefined);
    const head = await forge.head();
    expect(detailOf(await forge.commit(head, 'Go', CHANGE, NINE))).toBe(
      'code.ts has an unresolved merge conflict; finish or abort the merge, then run again',
    );
  });

  test('an index another git process holds is waited for, then refused', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    const lock = join(repository.dir, '.git/index.lock');
    await writeFile(lock, '');
    expect(detailOf(await forge.commit(head, 'Go', CHANGE, NINE))).toContain('index.lock');
    setTimeout(() => void rm(lock), 200);
    expect(await forge.commit(head, 'Go', CHANGE, NINE)).toMatchObject({ kind: 'committed' });
  });

  test('edits that appear at the last moment stay; the commit stands and says so', async () => {
    const repository = await repositoryWith(FILES);
    const path = join(repository.dir, 'rollouts/x.yaml');
    const edit = () => writeFileSync(path, 'typed just now\n');
    const forge = await forgeOn(repository, {}, { onStep: (step) => step === 'moved' && edit() });
    const outcome = await forge.commit(await forge.head(), 'Go', CHANGE, NINE);
    expect(outcome).toMatchObject({
      kind: 'committed',
      warning: expect.stringContaining('rollouts/x.yaml has local changes, which were kept'),
    });
    expect(await readFile(path, 'utf8')).toBe('typed just now\n');

    // A later run leaves them alone, too.
    await forgeOn(repository);
    expect(await readFile(path, 'utf8')).toBe('typed just now\n');
    expect(await repository.git('status', '--porcelain')).toBe(' M rollouts/x.yaml');
  });

  test('another branch being checked out, the work tree has no part in it', async () => {
    const { repository, forge, head, inTree } = await repositoryAndForge();
    await repository.git('switch', '--quiet', '-c', 'feature');
    await repository.write('rollouts/x.yaml', 'mine\n');
    expect(await forge.commit(head, 'Go', CHANGE, NINE)).toMatchObject({ kind: 'committed' });
    expect(await inTree('rollouts/x.yaml')).toBe('mine\n');
    expect(await repository.git('rev-parse', 'feature')).toBe(head.oid);
  });

  test.each([{ bare: true }, { bare: false }])('a linked work tree follows (%o)', async (kind) => {
    const repository = await repositoryWith(FILES, kind);
    if (!kind.bare) await repository.git('switch', '--quiet', '-c', 'feature');
    const linked = join(repository.dir, '..', 'linked\nwork tree');
    await repository.git('worktree', 'add', '--quiet', linked, 'main');
    const forge = await forgeOn(repository, { branch: 'main' });
    const head = await forge.head();

    await writeFile(join(linked, 'rollouts/x.yaml'), 'mine\n');
    expect(detailOf(await forge.commit(head, 'Go', CHANGE, NINE))).toContain('local edits');
    await writeFile(join(linked, 'rollouts/x.yaml'), 'old\n');
    expect(await forge.commit(head, 'Go', CHANGE, NINE)).toMatchObject({ kind: 'committed' });
    expect(await readFile(join(linked, 'rollouts/x.yaml'), 'utf8')).toBe('new\n');
  });

  test('a linked work tree that is gone is no hindrance', async () => {
    const repository = await repositoryWith(FILES, { bare: true });
    const linked = join(repository.dir, '..', 'linked');
    await repository.git('worktree', 'add', '--quiet', linked, 'main');
    await rm(linked, { recursive: true });
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Go', CHANGE, NINE);
    expect(outcome).toMatchObject({ kind: 'committed' });
  });

  test('a submodule, whose git folder lies elsewhere', async () => {
    const inner = await repositoryWith(FILES);
    const outer = await repositoryWith({ 'a.txt': 'a' });
    const allow = ['-c', 'protocol.file.allow=always'];
    await outer.git(...allow, 'submodule', '--quiet', 'add', inner.dir, 'inner');
    const dir = join(outer.dir, 'inner', 'rollouts');
    const forge = await forgeOn({ dir });
    const outcome = await forge.commit(await forge.head(), 'Go', CHANGE, NINE);
    expect(outcome).toMatchObject({ kind: 'committed' });
    expect(await readFile(join(dir, 'x.yaml'), 'utf8')).toBe('new\n');
  });

  test('a work tree with Windows line endings gets them, the commit does not', async () => {
    const repository = await repositoryWith(FILES);
    await repository.git('config', 'core.autocrlf', 'true');
    await rm(join(repository.dir, 'rollouts'), { recursive: true });
    await repository.git('checkout', '--', 'rollouts');
    await mkdir(join(repository.dir, 'rollouts'), { recursive: true });
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(await forge.head(), 'Go', CHANGE, NINE);
    expect(outcome).toEqual({ kind: 'committed', oid: expect.any(String) });
    expect(await readFile(join(repository.dir, 'rollouts/x.yaml'), 'utf8')).toBe('new\r\n');
    expect(await forge.readAt((await forge.head()).oid, 'rollouts/x.yaml')).toBe('new\n');
    expect(await repository.git('status', '--porcelain')).toBe('');
  });
});
