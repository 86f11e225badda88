import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { forgeOn, NINE, repositoryWith } from './git-forge.ts';
import type { Attempt } from './processes/count.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

function start(script: string, ...args: readonly string[]): ChildProcess {
  const file = fileURLToPath(new URL(`./processes/${script}`, import.meta.url));
  return spawn(process.execPath, ['--import', TSX, file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

describe.each([{ bare: true }, { bare: false }])('eight processes at once (%o)', (kind) => {
  test('one wins each head, the others are stale, and no update is lost', async () => {
    const PROCESSES = 8;
    const TIMES = 2;
    const repository = await repositoryWith({ 'rollouts/count.txt': '0\n' }, kind);
    const first = await repository.git('rev-parse', 'HEAD');

    const children = Array.from({ length: PROCESSES }, (_, index) =>
      start('count.ts', repository.dir, `tick-${index}`, String(TIMES)),
    );
    const ended = children.map(async (child) => (child.stdout ? text(child.stdout) : ''));
    await Promise.all(children.map((child) => child.stdout && once(child.stdout, 'data')));
    for (const child of children) child.stdin?.end('go\n');
    const attempts = (await Promise.all(ended)).flatMap(
      (output) => JSON.parse(output.replace('ready\n', '')) as readonly Attempt[],
    );

    const won = attempts.filter((attempt) => attempt.kind === 'committed');
    expect(attempts.filter((attempt) => attempt.detail !== undefined)).toEqual([]);
    expect(won).toHaveLength(PROCESSES * TIMES);
    expect(new Set(won.map((attempt) => attempt.from)).size).toBe(won.length);
    const onFirst = attempts.filter((attempt) => attempt.from === first).map(({ kind }) => kind);
    expect(onFirst.sort()).toEqual(['committed', ...Array(PROCESSES - 1).fill('stale')]);
    expect(await repository.git('show', 'main:rollouts/count.txt')).toBe(String(won.length));
    expect(await repository.git('rev-list', '--count', `${first}..main`)).toBe(String(won.length));

    if (!kind.bare) {
      expect(await repository.git('status', '--porcelain')).toBe('');
      expect(await readdir(join(repository.dir, '.git/sluice'))).toEqual([]);
    }
  });
});

describe('a process that is killed', () => {
  const FILES = { 'rollouts/x.yaml': 'old\n', 'code.ts': 'old\n' };

  async function killed(when: 'noted' | 'moved') {
    const repository = await repositoryWith(FILES);
    const before = await repository.git('rev-parse', 'HEAD');
    const child = start('die.ts', repository.dir, when);
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    const inTree = (path: string) => readFile(join(repository.dir, path), 'utf8');
    const status = () => repository.git('status', '--porcelain');
    const notes = () => readdir(join(repository.dir, '.git/sluice'));
    return { repository, before, inTree, status, notes };
  }

  test('after the branch moved: opening the forge brings the work tree along', async () => {
    const { repository, inTree, status, notes } = await killed('moved');
    expect(await repository.git('log', '-1', '--format=%s')).toBe('Cut short');
    expect(await inTree('rollouts/x.yaml')).toBe('old\n');
    expect(await notes()).toHaveLength(1);
    await repository.write('code.ts', 'mine\n');

    await forgeOn(repository);
    expect(await inTree('rollouts/x.yaml')).toBe('new\n');
    expect(await inTree('flags/new.json')).toBe('{}\n');
    expect(await status()).toBe(' M code.ts');
    expect(await notes()).toEqual([]);

    await forgeOn(repository);
    expect(await status()).toBe(' M code.ts');
  });

  test('after the branch moved, with a forge that was open already: before its next commit', async () => {
    const repository = await repositoryWith(FILES);
    const forge = await forgeOn(repository);
    await once(start('die.ts', repository.dir, 'moved'), 'exit');
    const changes = [{ path: 'rollouts/x.yaml', text: 'newer\n' }];
    const outcome = await forge.commit(await forge.head(), 'Next', changes, NINE);
    expect(outcome).toEqual({ kind: 'committed', oid: expect.any(String) });
    expect(await readFile(join(repository.dir, 'rollouts/x.yaml'), 'utf8')).toBe('newer\n');
    expect(await repository.git('status', '--porcelain')).toBe('');
  });

  test('after the branch moved, and a person set things right: nothing is done again', async () => {
    const { repository, inTree, status, notes } = await killed('moved');
    await repository.git('reset', '--quiet', '--hard');
    await repository.write('rollouts/x.yaml', 'newer\n');
    await repository.commitAll('By hand');
    await repository.write('rollouts/x.yaml', 'edited since\n');

    await forgeOn(repository);
    expect(await inTree('rollouts/x.yaml')).toBe('edited since\n');
    expect(await status()).toBe(' M rollouts/x.yaml');
    expect(await notes()).toEqual([]);
  });

  test('after the branch moved, and a person committed the old files again: theirs stay', async () => {
    const { repository, inTree, status, notes } = await killed('moved');
    await repository.commitAll('Without looking');

    await forgeOn(repository);
    expect(await inTree('rollouts/x.yaml')).toBe('old\n');
    expect(await status()).toBe('');
    expect(await notes()).toEqual([]);
  });

  test('after the branch moved, and a person took the commit back: the note is dropped', async () => {
    const { repository, before, status, notes } = await killed('moved');
    await repository.git('reset', '--quiet', '--hard', before);
    await repository.write('code.ts', 'newer\n');
    await repository.commitAll('Elsewhere');

    await forgeOn(repository);
    expect(await status()).toBe('');
    expect(await notes()).toEqual([]);
  });

  test('before the branch moved: nothing happened, and the next commit goes through', async () => {
    const { repository, before, inTree, status, notes } = await killed('noted');
    const forge = await forgeOn(repository);
    const head = await forge.head();
    expect(head.oid).toBe(before);
    expect(await status()).toBe('');

    const changes = [{ path: 'rollouts/x.yaml', text: 'other\n' }];
    expect(await forge.commit(head, 'Next', changes, NINE)).toMatchObject({ kind: 'committed' });
    await forgeOn(repository);
    expect(await inTree('rollouts/x.yaml')).toBe('other\n');
    expect(await status()).toBe('');
    expect(await notes()).toEqual([]);
  });
});
