import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { forgeOn, repositoryForTest, repositoryWith } from './git-forge.ts';

afterEach(() => vi.unstubAllEnvs());

describe('opening', () => {
  test.each([{ bare: true }, { bare: false }])(
    'takes the branch HEAD points to (%o)',
    async (kind) => {
      const repository = await repositoryWith({ 'a.txt': 'a' }, kind);
      const forge = await forgeOn(repository);
      const oid = await repository.git('rev-parse', 'main');
      expect(await forge.head()).toEqual({ branch: 'main', oid });
    },
  );

  test('takes the branch that is named, and any folder of the work tree', async () => {
    const repository = await repositoryWith({ 'deep/er/a.txt': 'a' });
    await repository.git('branch', 'release/1');
    const forge = await forgeOn({ dir: join(repository.dir, 'deep/er') }, { branch: 'release/1' });
    expect((await forge.head()).branch).toBe('release/1');
  });

  test('a tag of a similar name is not the branch', async () => {
    const repository = await repositoryWith({ 'a.txt': 'a' });
    await repository.git('tag', 'refs/heads/gone');
    await expect(forgeOn(repository, { branch: 'gone' })).rejects.toMatchObject({
      code: 'unknown-branch',
    });
  });

  test('a repository without commits says what to do', async () => {
    const repository = await repositoryForTest();
    await expect(forgeOn(repository)).rejects.toMatchObject({
      code: 'no-commits',
      message: expect.stringContaining('git commit --allow-empty -m init'),
    });
  });

  test('a detached HEAD asks for a branch, and works with one', async () => {
    const repository = await repositoryWith({ 'a.txt': 'a' });
    await repository.git('switch', '--quiet', '--detach');
    await expect(forgeOn(repository)).rejects.toMatchObject({ code: 'detached-head' });
    await expect(forgeOn(repository, { branch: 'main' })).resolves.toBeDefined();
  });

  test('a name that is no branch name is refused before git could take it for an option', async () => {
    const repository = await repositoryWith({ 'a.txt': 'a' });
    for (const branch of ['a..b', 'a b', '*', '']) {
      await expect(forgeOn(repository, { branch })).rejects.toMatchObject({
        code: branch === '' ? 'detached-head' : 'bad-branch',
      });
    }
    await expect(forgeOn(repository, { branch: '--help' })).rejects.toMatchObject({
      code: 'unknown-branch',
    });
  });

  test('a folder outside any repository, and one that does not exist', async () => {
    const dir = dirname((await repositoryForTest()).dir);
    vi.stubEnv('GIT_CEILING_DIRECTORIES', dirname(dir));
    await expect(forgeOn({ dir })).rejects.toMatchObject({ code: 'not-a-repository' });
    await expect(forgeOn({ dir: join(dir, 'gone') })).rejects.toMatchObject({
      code: 'not-a-repository',
    });
  });

  test('a machine without git', async () => {
    const repository = await repositoryWith({ 'a.txt': 'a' });
    await mkdir(join(repository.dir, 'empty'));
    vi.stubEnv('PATH', join(repository.dir, 'empty'));
    await expect(forgeOn(repository)).rejects.toMatchObject({ code: 'git-missing' });
  });

  test('started from a git hook, it still works on its own repository', async () => {
    const repository = await repositoryWith({ 'a.txt': 'mine' });
    const other = await repositoryWith({ 'a.txt': 'theirs' });
    vi.stubEnv('GIT_DIR', join(other.dir, '.git'));
    vi.stubEnv('GIT_INDEX_FILE', join(other.dir, '.git/index'));
    const forge = await forgeOn(repository);
    const { oid } = await forge.head();
    expect(await forge.readAt(oid, 'a.txt')).toBe('mine');
  });

  test('whoever can write the repository may do everything', async () => {
    const forge = await forgeOn(await repositoryWith({ 'a.txt': 'a' }));
    expect(await forge.permission('anyone')).toBe('admin');
    expect(await forge.isOwner('anyone', ['@acme/payments'])).toBe(true);
  });
});
