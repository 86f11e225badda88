import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anywhere } from '../../src/forge/wanted.ts';
import { BYTES, forgeOn, repositoryWith } from './git-forge.ts';

const ODD = [
  'rollouts/with space.yaml',
  'rollouts/"quoted".yaml',
  "rollouts/it's.yaml",
  'rollouts/naïve-日本.yaml',
  '-leading-dash.yaml',
  '--output=x.yaml',
  'rollouts/new\nline.yaml',
  'rollouts/tab\t.yaml',
  ':(glob)**.yaml',
  'rollouts/*.yaml',
];

describe('read', () => {
  test('gives the files of one commit that match, whatever was committed since', async () => {
    const repository = await repositoryWith({
      'rollouts/a.yaml': 'flag: a\n',
      'rollouts/prod/b.yaml': 'flag: b\n',
      'README.md': '# hi\n',
    });
    const forge = await forgeOn(repository);
    const { oid } = await forge.head();
    await repository.write('rollouts/a.yaml', 'flag: changed\n');
    await repository.commitAll('Change');

    expect(
      await forge.read(
        oid,
        anywhere((path) => path.startsWith('rollouts/')),
        BYTES,
      ),
    ).toEqual({
      files: [
        { path: 'rollouts/a.yaml', text: 'flag: a\n' },
        { path: 'rollouts/prod/b.yaml', text: 'flag: b\n' },
      ],
      refused: [],
    });
  });

  test.each([{ bare: true }, { bare: false }])('odd names are only names (%o)', async (kind) => {
    const files = Object.fromEntries(ODD.map((path) => [path, `in ${path}`]));
    const forge = await forgeOn(await repositoryWith(files, kind));
    const { oid } = await forge.head();

    const { files: read } = await forge.read(
      oid,
      anywhere(() => true),
      BYTES,
    );
    expect(Object.fromEntries(read.map(({ path, text }) => [path, text]))).toEqual(files);
    for (const path of ODD) expect(await forge.readAt(oid, path)).toBe(`in ${path}`);
  });

  test('symlinks and submodules are refused, never followed', async () => {
    const repository = await repositoryWith({ 'secret.txt': 'secret' });
    await symlink('secret.txt', join(repository.dir, 'link.yaml'));
    const head = await repository.git('rev-parse', 'HEAD');
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${head},module`);
    await repository.git('add', 'link.yaml');
    await repository.git('commit', '--quiet', '-m', 'Links');
    const forge = await forgeOn(repository);
    const { oid } = await forge.head();

    expect(
      await forge.read(
        oid,
        anywhere((path) => path !== 'secret.txt'),
        BYTES,
      ),
    ).toEqual({
      files: [],
      refused: [
        { path: 'link.yaml', reason: 'symlink' },
        { path: 'module', reason: 'submodule' },
      ],
    });
    expect(await forge.readAt(oid, 'link.yaml')).toBeUndefined();
    expect(await forge.readAt(oid, 'module')).toBeUndefined();
  });

  test('a file over the limit and one that is not UTF-8 are refused; a byte order mark is kept', async () => {
    const repository = await repositoryWith({
      'bom.yaml': '\uFEFFflag: a\n',
      'empty.yaml': '',
      'exact.yaml': 'x'.repeat(100),
      'large.yaml': 'x'.repeat(101),
      'latin1.yaml': Uint8Array.of(0x66, 0xe9),
    });
    const forge = await forgeOn(repository);
    const { oid } = await forge.head();

    const listing = await forge.read(
      oid,
      anywhere(() => true),
      { maxBytes: 100 },
    );
    expect(listing.refused).toEqual([
      { path: 'large.yaml', reason: 'too-large' },
      { path: 'latin1.yaml', reason: 'not-utf8', text: 'fé' },
    ]);
    expect(listing.files.map((file) => file.text)).toEqual([
      '\uFEFFflag: a\n',
      '',
      'x'.repeat(100),
    ]);
    expect(await forge.readAt(oid, 'latin1.yaml')).toBeUndefined();
  });

  test('a path that is not UTF-8 is refused', async () => {
    const repository = await repositoryWith({ 'a.txt': 'a' });
    const blob = await repository.git('rev-parse', 'HEAD:a.txt');
    const entry = Buffer.concat([
      Buffer.from(`100644 blob ${blob}\tcaf`),
      Buffer.of(0xe9),
      Buffer.from('.yaml\0'),
    ]);
    const tree = execFileSync('git', ['mktree', '-z'], { cwd: repository.dir, input: entry });
    const commit = await repository.git('commit-tree', '-m', 'x', tree.toString().trim());
    const forge = await forgeOn(repository);
    expect(
      await forge.read(
        commit,
        anywhere(() => true),
        BYTES,
      ),
    ).toEqual({
      files: [],
      refused: [{ path: 'caf\uFFFD.yaml', reason: 'not-utf8' }],
    });
  });

  describe.each([{ bare: true }, { bare: false }])('a file with a filter (%o)', (kind) => {
    const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`;

    test('is read through it, as far as it may be read', async () => {
      const repository = await repositoryWith(
        {
          'flags/.gitattributes': '*.json filter=upper\n*.raw -filter\n',
          'flags/e.json': '{"A": 1}\n',
          'flags/e.raw': 'RAW\n',
          'flags/large.json': 'X'.repeat(101),
          'e.json': '{"A": 1}\n',
        },
        kind,
      );
      await repository.git('config', 'filter.upper.smudge', 'tr A-Z a-z');
      await repository.git('config', 'core.autocrlf', 'true');
      const forge = await forgeOn(repository);
      const { oid } = await forge.head();
      const isFlag = (path: string) => /e\.(json|raw)$/.test(path);
      expect(await forge.read(oid, anywhere(isFlag), { maxBytes: 100 })).toEqual({
        files: [
          { path: 'e.json', text: '{"A": 1}\n' },
          { path: 'flags/e.json', text: '{"a": 1}\n' },
          { path: 'flags/e.raw', text: 'RAW\n' },
        ],
        refused: [{ path: 'flags/large.json', reason: 'too-large' }],
      });
      expect(await forge.readAt(oid, 'flags/e.json')).toBe('{"a": 1}\n');
      expect(await forge.readAt(oid, 'flags/e.raw')).toBe('RAW\n');
    });

    test('is refused where that fails, or leaves the pointer of Git LFS', async () => {
      const repository = await repositoryWith(
        {
          '.gitattributes': '*.json filter=broken\n*.lfs filter=lfs\n',
          'a.json': '{}\n',
          'b.lfs': POINTER,
          'c.none': POINTER,
        },
        kind,
      );
      await repository.git('config', 'filter.broken.smudge', 'false');
      await repository.git('config', 'filter.broken.required', 'true');
      const forge = await forgeOn(repository);
      const { oid } = await forge.head();
      expect(
        await forge.read(
          oid,
          anywhere((path) => !path.startsWith('.')),
          BYTES,
        ),
      ).toEqual({
        files: [],
        refused: [
          { path: 'a.json', reason: 'filter-failed' },
          { path: 'b.lfs', reason: 'lfs-pointer' },
          { path: 'c.none', reason: 'lfs-pointer' },
        ],
      });
      for (const path of ['a.json', 'b.lfs', 'c.none']) {
        expect(await forge.readAt(oid, path)).toBeUndefined();
      }
    });
  });

  test('200 files take two processes', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `rollouts/flag-${index}.yaml`,
        `flag: ${index}\n`,
      ]),
    );
    const repository = await repositoryWith(files, { bare: true });
    const spawned: string[] = [];
    const onSpawn = (args: readonly string[]) => spawned.push(args[0] ?? '');
    const forge = await forgeOn(repository, {}, { onSpawn });
    const { oid } = await forge.head();

    spawned.length = 0;
    const listing = await forge.read(
      oid,
      anywhere((path) => path.startsWith('rollouts/')),
      BYTES,
    );
    expect(listing.files).toHaveLength(200);
    expect(spawned).toEqual(['ls-tree', 'cat-file']);
  });

  test('a commit that is not there, and what is no commit id at all', async () => {
    const forge = await forgeOn(await repositoryWith({ 'a.txt': 'a' }));
    const unknown = { code: 'unknown-commit' };
    const nowhere = 'd'.repeat(40);
    await expect(
      forge.read(
        nowhere,
        anywhere(() => true),
        BYTES,
      ),
    ).rejects.toMatchObject(unknown);
    await expect(forge.readAt(nowhere, 'a.txt')).rejects.toMatchObject(unknown);
    await expect(forge.parent(nowhere)).rejects.toMatchObject(unknown);
    await expect(forge.readAt('HEAD', 'a.txt')).rejects.toMatchObject(unknown);
    await expect(
      forge.read(
        '--help',
        anywhere(() => true),
        BYTES,
      ),
    ).rejects.toMatchObject(unknown);
  });
});

describe('readAt', () => {
  test('a path that is missing, a folder, or cannot be a path', async () => {
    const forge = await forgeOn(await repositoryWith({ 'rollouts/a.yaml': 'a' }));
    const { oid } = await forge.head();
    expect(await forge.readAt(oid, 'rollouts/b.yaml')).toBeUndefined();
    expect(await forge.readAt(oid, 'rollouts')).toBeUndefined();
    for (const path of [
      '',
      '/etc/passwd',
      '../x',
      'a/../b',
      './a',
      'a//b',
      'a/',
      '.git/config',
      'a\0b',
    ]) {
      await expect(forge.readAt(oid, path)).rejects.toMatchObject({ code: 'bad-path' });
    }
  });
});

describe('parent and changedPaths', () => {
  test('the first parent; a root has none', async () => {
    const repository = await repositoryWith({ 'a.txt': '1' });
    const root = await repository.git('rev-parse', 'HEAD');
    await repository.git('switch', '--quiet', '-c', 'side');
    await repository.write('b.txt', 'b');
    await repository.commitAll('Side');
    await repository.git('switch', '--quiet', 'main');
    await repository.write('a.txt', '2');
    const main = await repository.commitAll('Main');
    await repository.git('merge', '--quiet', '--no-ff', '-m', 'Merge', 'side');
    const forge = await forgeOn(repository);
    const { oid } = await forge.head();

    expect(await forge.parent(oid)).toBe(main);
    expect(await forge.parent(root)).toBeUndefined();
    expect(await forge.changedPaths(main, oid)).toEqual(['b.txt']);
    expect(await forge.changedPaths(root, oid)).toEqual(['a.txt', 'b.txt']);
    expect(await forge.changedPaths(oid, oid)).toEqual([]);
  });

  test('a moved file counts as two', async () => {
    const repository = await repositoryWith({ 'old name.txt': 'the same\ntext\n' });
    const from = await repository.git('rev-parse', 'HEAD');
    await repository.git('mv', '--', 'old name.txt', '-new\nname.txt');
    const to = await repository.commitAll('Move');
    const forge = await forgeOn(repository);
    expect(await forge.changedPaths(from, to)).toEqual(['-new\nname.txt', 'old name.txt']);
  });
});
