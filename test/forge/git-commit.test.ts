import { execFileSync } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anywhere } from '../../src/forge/wanted.ts';
import { DAY } from '../../src/time.ts';
import { BYTES, detailOf, forgeOn, NINE, repositoryWith } from './git-forge.ts';

describe.each([{ bare: true }, { bare: false }])('commit (%o)', (kind) => {
  test('one commit on top of the head that was read, by the bot, at the time given', async () => {
    const repository = await repositoryWith({ 'a.yaml': 'old\n', 'gone.yaml': 'x' }, kind);
    const forge = await forgeOn(repository);
    const head = await forge.head();

    const message = 'Advance a to 5 %\n\nWhy: healthy.\n\nRollout: a advance\n';
    const outcome = await forge.commit(
      head,
      message,
      [
        { path: 'a.yaml', text: 'new\n' },
        { path: 'flags/exposures.json', text: '{}\n' },
        { path: 'gone.yaml', text: undefined },
        { path: 'never/was.yaml', text: undefined },
      ],
      NINE + DAY + 999,
    );

    const { oid } = await forge.head();
    expect(outcome).toEqual({ kind: 'committed', oid });
    expect(await forge.parent(oid)).toBe(head.oid);
    expect(await forge.changedPaths(head.oid, oid)).toEqual([
      'a.yaml',
      'flags/exposures.json',
      'gone.yaml',
    ]);
    expect(await forge.readAt(oid, 'a.yaml')).toBe('new\n');
    expect(await repository.git('log', '-1', '--format=%an <%ae> %at|%cn <%ce> %ct|%B')).toBe(
      `Sluice <sluice@example.com> ${(NINE + DAY) / 1000}|Sluice <sluice@example.com> ${(NINE + DAY) / 1000}|${message}`,
    );
    if (!kind.bare) expect(await repository.git('status', '--porcelain')).toBe('');
  });

  test('a head the branch has left is stale, and nothing is written', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' }, kind);
    const forge = await forgeOn(repository);
    const head = await forge.head();
    await repository.write('b.yaml', '1');
    const oid = await repository.commitAll('A person was first');

    const outcome = await forge.commit(head, 'Late', [{ path: 'a.yaml', text: '2' }], NINE);
    expect(outcome).toEqual({ kind: 'stale', head: { branch: 'main', oid } });
    expect((await forge.head()).oid).toBe(oid);
  });

  test('text is stored byte for byte where no attribute says otherwise', async () => {
    const repository = await repositoryWith({ 'b.yaml': '' }, kind);
    const forge = await forgeOn(repository);
    const text = '\uFEFFflag: a\r\nmixed: b\n\tlast: ü';
    await forge.commit(await forge.head(), 'CRLF', [{ path: 'a.yaml', text }], NINE);
    const { oid } = await forge.head();
    expect(await forge.readAt(oid, 'a.yaml')).toBe(text);
    expect(await repository.git('cat-file', '-s', 'HEAD:a.yaml')).toBe(
      String(Buffer.byteLength(text)),
    );
  });

  test('text is stored as git add stores it, by the attributes of the commit', async () => {
    const files = {
      '.gitattributes': '*.yaml text eol=crlf\n',
      'flags/.gitattributes': '*.json filter=upper\n',
    };
    const repository = await repositoryWith(files, kind);
    await repository.git('config', 'filter.upper.clean', 'tr a-z A-Z');
    await repository.git('config', 'core.safecrlf', 'true');
    const forge = await forgeOn(repository);
    const changes = [
      { path: 'a.yaml', text: 'flag: a\r\nowner: b\n' },
      { path: 'flags/e.json', text: '{"a": 1}\n' },
      { path: 'e.json', text: '{"a": 1}\n' },
    ];
    await forge.commit(await forge.head(), 'Filtered', changes, NINE);
    expect(await repository.git('cat-file', 'blob', 'HEAD:a.yaml')).toBe('flag: a\nowner: b');
    expect(await repository.git('cat-file', 'blob', 'HEAD:flags/e.json')).toBe('{"A": 1}');
    expect(await repository.git('cat-file', 'blob', 'HEAD:e.json')).toBe('{"a": 1}');
    if (!kind.bare) expect(await repository.git('status', '--porcelain')).toBe('');
  });

  test('a file that its filter refuses is left out, refused, or stored as it is', async () => {
    const files = { '.gitattributes': '*.json filter=broken\n' };
    const repository = await repositoryWith(files, kind);
    await repository.git('config', 'filter.broken.clean', 'false');
    await repository.git('config', 'filter.broken.required', 'true');
    const forge = await forgeOn(repository);
    const head = await forge.head();
    const flag = { path: 'flag.yaml', text: 'kill: true\n' };
    const target = { path: 'flags.json', text: '{}\n' };
    const needed = await forge.commit(head, 'Go', [flag, target], NINE);
    expect(detailOf(needed)).toContain('flags.json cannot be stored as git add would: ');
    expect(await forge.head()).toEqual(head);

    const optional = [flag, { ...target, optional: true }];
    expect(await forge.commit(head, 'Go', optional, NINE, { urgent: true })).toMatchObject({
      kind: 'committed',
      leftOut: [{ path: 'flags.json', why: expect.stringContaining('cannot be stored') }],
    });
    const { oid, branch } = await forge.head();
    expect(await forge.changedPaths(head.oid, oid)).toEqual(['flag.yaml']);

    const own = [{ path: 'flag.json', text: 'kill: true\n' }];
    await forge.commit({ branch, oid }, 'Kill', own, NINE, { urgent: true });
    expect(await repository.git('cat-file', 'blob', 'HEAD:flag.json')).toBe('kill: true');
  });

  test('an optional file that does not fit is left out', async () => {
    const repository = await repositoryWith({ 'a/file': '1', 'flag.yaml': 'a' }, kind);
    const forge = await forgeOn(repository);
    const changes = [
      { path: 'flag.yaml', text: 'b' },
      { path: 'a', text: '2', optional: true },
      { path: 'a/file/x', text: '2', optional: true },
      { path: 'n'.repeat(300), text: '2', optional: true },
    ];
    const outcome = await forge.commit(await forge.head(), 'Some', changes, NINE);
    expect(outcome).toMatchObject({
      kind: 'committed',
      leftOut: [{ path: 'a' }, { path: 'a/file/x' }, { path: 'n'.repeat(300) }],
    });
    expect(await forge.readAt((await forge.head()).oid, 'flag.yaml')).toBe('b');
  });

  test('odd names, among them folders that did not exist', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' }, kind);
    const forge = await forgeOn(repository);
    const paths = ['-x', '--cacheinfo', 'a b/"c"', 'n\nl/ü.yaml', ':(top)x', 'tab\t', '*.yaml'];
    const changes = paths.map((path) => ({ path, text: `in ${path}` }));
    expect(await forge.commit(await forge.head(), 'Odd', changes, NINE)).toMatchObject({
      kind: 'committed',
    });
    const { oid } = await forge.head();
    for (const path of paths) expect(await forge.readAt(oid, path)).toBe(`in ${path}`);
    expect(await forge.readAt(oid, 'a.yaml')).toBe('1');
  });

  test('hundreds of files take as many processes as one', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 250 }, (_, index) => [`rollouts/${index}.yaml`, '1']),
    );
    const repository = await repositoryWith(files, kind);
    let count = 0;
    const onSpawn = () => {
      count += 1;
    };
    const forge = await forgeOn(repository, {}, { onSpawn });
    const committing = async (paths: readonly string[]) => {
      const head = await forge.head();
      count = 0;
      const changes = paths.map((path) => ({ path, text: head.oid }));
      expect(await forge.commit(head, 'Many', changes, NINE)).toMatchObject({ kind: 'committed' });
      return count;
    };
    const one = await committing(['rollouts/1.yaml']);
    expect(await committing(Object.keys(files))).toBe(one);
  });

  test('changes that alter nothing make no commit', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' }, kind);
    const forge = await forgeOn(repository);
    const head = await forge.head();
    const same = [{ path: 'a.yaml', text: '1' }];
    expect(await forge.commit(head, 'Same', same, NINE)).toEqual({
      kind: 'committed',
      oid: head.oid,
    });
    expect(await forge.commit(head, 'Empty', [], NINE)).toEqual({
      kind: 'committed',
      oid: head.oid,
    });
    expect(await forge.head()).toEqual(head);
  });

  test('a file may make room for a folder of its name', async () => {
    const repository = await repositoryWith({ a: '1' }, kind);
    const forge = await forgeOn(repository);
    const changes = [
      { path: 'a/b.yaml', text: '2' },
      { path: 'a', text: undefined },
    ];
    const outcome = await forge.commit(await forge.head(), 'Move', changes, NINE);
    expect(outcome).toMatchObject({ kind: 'committed' });
    const { files } = await forge.read(
      (await forge.head()).oid,
      anywhere(() => true),
      BYTES,
    );
    expect(files).toEqual([{ path: 'a/b.yaml', text: '2' }]);
  });

  test('what is no plain file is not overwritten', async () => {
    const repository = await repositoryWith({ 'a/file': '1' }, kind);
    const link = await repository.git('rev-parse', 'HEAD:a/file');
    await repository.git('read-tree', 'HEAD');
    await repository.git('update-index', '--add', '--cacheinfo', `120000,${link},link`);
    const tree = await repository.git('write-tree');
    const commit = await repository.git('commit-tree', '-m', 'Link', tree);
    await repository.git('update-ref', 'refs/heads/links', commit);
    const forge = await forgeOn(repository, { branch: 'links' });
    const head = await forge.head();

    for (const [path, words] of [
      ['a', 'a is a folder; rename it'],
      ['a/file/x', 'a/file is not a folder'],
      ['link', 'link is a symbolic link; replace it with a plain file'],
      ['link/x', 'link is not a folder'],
    ] as const) {
      const outcome = await forge.commit(head, 'No', [{ path, text: '2' }], NINE);
      expect(detailOf(outcome)).toContain(words);
    }
    expect(await forge.head()).toEqual(head);
  });

  test('a lock that goes away is waited for; one that stays is refused', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' }, kind);
    const forge = await forgeOn(repository);
    const head = await forge.head();
    const lock = join(repository.dir, kind.bare ? '' : '.git', 'refs/heads/main.lock');
    await writeFile(lock, '');
    const change = [{ path: 'a.yaml', text: '2' }];
    const outcome = await forge.commit(head, 'Locked', change, NINE);
    expect(detailOf(outcome)).toMatch(/main\.lock.*then run again/s);
    expect(await forge.head()).toEqual(head);

    setTimeout(() => void rm(lock), 300);
    expect(await forge.commit(head, 'Unlocked', change, NINE)).toMatchObject({
      kind: 'committed',
    });
  });

  test("a hook of the user's may refuse, and is not asked forever", async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' }, kind);
    const forge = await forgeOn(repository);
    const head = await forge.head();
    const hook = join(repository.dir, kind.bare ? '' : '.git', 'hooks/reference-transaction');
    await writeFile(hook, '#!/bin/sh\n[ "$1" != prepared ]\n');
    await chmod(hook, 0o755);
    const outcome = await forge.commit(head, 'No', [{ path: 'a.yaml', text: '2' }], NINE);
    expect(detailOf(outcome)).toContain('aborted by hook');
    expect(await forge.head()).toEqual(head);
  });
});

describe('commit', () => {
  test('an executable file stays executable, a new one is not', async () => {
    const repository = await repositoryWith({ 'run.sh': '#!/bin/sh\n' });
    await chmod(join(repository.dir, 'run.sh'), 0o755);
    await repository.commitAll('Executable');
    const forge = await forgeOn(repository);
    await forge.commit(
      await forge.head(),
      'Edit',
      [
        { path: 'run.sh', text: '#!/bin/bash\n' },
        { path: 'new.sh', text: '#!/bin/sh\n' },
      ],
      NINE,
    );
    const tree = await repository.git('ls-tree', 'HEAD');
    expect(tree).toMatch(/^100644 blob \w+\tnew\.sh\n100755 blob \w+\trun\.sh$/);
  });

  test('a person took commits back: the head read before is stale', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' });
    await repository.write('a.yaml', '2');
    await repository.commitAll('Second');
    const forge = await forgeOn(repository);
    const head = await forge.head();
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');

    const outcome = await forge.commit(head, 'On it', [{ path: 'a.yaml', text: '3' }], NINE);
    expect(outcome).toMatchObject({ kind: 'stale', head: { oid: await forge.parent(head.oid) } });
    expect(await repository.git('log', '--format=%s')).toBe('First');
  });

  test('never signs, and survives settings that change how an index is kept', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1', 'b/b.yaml': '1' });
    for (const [key, value] of [
      ['commit.gpgSign', 'true'],
      ['user.signingKey', 'none'],
      ['core.splitIndex', 'true'],
      ['i18n.commitEncoding', 'ISO-8859-1'],
      ['commit.cleanup', 'strip'],
    ] as const) {
      await repository.git('config', key, value);
    }
    const forge = await forgeOn(repository);
    const outcome = await forge.commit(
      await forge.head(),
      '# Überschrift',
      [{ path: 'a.yaml', text: '2' }],
      NINE,
    );
    expect(outcome).toMatchObject({ kind: 'committed' });
    const commit = await repository.git('cat-file', 'commit', 'HEAD');
    expect(commit).toMatch(/\n\n# Überschrift$/);
    expect(commit).not.toMatch(/^(gpgsig|encoding)/m);
  });

  test('works in a repository with SHA-256 ids', async () => {
    const repository = await repositoryWith({});
    const dir = join(repository.dir, 'sha256.git');
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: dir, encoding: 'utf8', input: '' }).trim();
    execFileSync('git', ['init', '-q', '-b', 'main', '--bare', '--object-format=sha256', dir]);
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    git('update-ref', 'refs/heads/main', git(...identity, 'commit-tree', git('mktree')));

    const forge = await forgeOn({ dir });
    const head = await forge.head();
    const outcome = await forge.commit(head, 'Hi', [{ path: 'a.yaml', text: '1' }], NINE);
    expect(outcome).toMatchObject({ kind: 'committed', oid: expect.stringMatching(/^.{64}$/) });
  });

  test('paths and heads that cannot be meant', async () => {
    const forge = await forgeOn(await repositoryWith({ 'a.yaml': '1' }));
    const head = await forge.head();
    const text = 'x';
    for (const path of ['../a', '/a', '.git/hooks/post-checkout', 'a/.GIT/config', '']) {
      await expect(forge.commit(head, 'No', [{ path, text }], NINE)).rejects.toMatchObject({
        code: 'bad-path',
      });
    }
    const twice = [
      { path: 'a.yaml', text },
      { path: 'a.yaml', text: undefined },
    ];
    await expect(forge.commit(head, 'No', twice, NINE)).rejects.toMatchObject({ code: 'bad-path' });
    const other = { branch: 'other', oid: head.oid };
    await expect(forge.commit(other, 'No', [], NINE)).rejects.toMatchObject({ code: 'bad-branch' });
  });
});
