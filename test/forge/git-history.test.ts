import { describe, expect, test } from 'vitest';
import type { Forge, Touch } from '../../src/forge/forge.ts';
import { DAY, HOUR } from '../../src/time.ts';
import { forgeOn, NINE, repositoryWith } from './git-forge.ts';

/** The touches alone, by path. */
async function touchesOf(
  forge: Forge,
  oid: string,
  paths: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly Touch[]>> {
  const subjects = paths.map((path) => ({ path, revertBranch: 'rollout/revert/none' }));
  const looked = await forge.lookUp(oid, subjects, limit);
  return new Map([...looked].map(([path, { touches }]) => [path, touches]));
}

test('a record is what its commit says, whatever that is', async () => {
  const repository = await repositoryWith({ 'a.yaml': '0' });
  const messages = [
    `${'0'.repeat(40)} 1\n\n:100644 100644 a b M\ta.yaml`,
    'Advance a\n\nRollout: a@production advance x->y\n\n\nThe end',
    'é\u2028ü',
  ];
  for (const [day, message] of messages.entries()) {
    await repository.write('a.yaml', String(day + 1));
    await repository.commitAll(message, { date: NINE + day * DAY });
  }
  const forge = await forgeOn(repository);
  const { oid } = await forge.head();
  const records = await forge.records(oid, ['a.yaml'], { limit: 9 });
  expect(records.get('a.yaml')?.map(({ message }) => message)).toEqual([
    ...messages.toReversed().map((message) => message.replace(/\n{3,}/g, '\n\n')),
    'First',
  ]);
});

describe('history', () => {
  test('the commits that touched each path, newest first, up to the limit', async () => {
    const repository = await repositoryWith({ 'a.yaml': '0', 'b.yaml': '0' });
    const first = await repository.git('rev-parse', 'HEAD');
    const oids: string[] = [];
    for (const day of [1, 2, 3]) {
      await repository.write('a.yaml', String(day));
      oids.push(await repository.commitAll(`Day ${day}`, { date: NINE + day * DAY }));
    }
    const forge = await forgeOn(repository);
    const { oid } = await forge.head();

    const history = await touchesOf(forge, oid, ['a.yaml', 'b.yaml', 'never.yaml'], 2);
    expect(history).toEqual(
      new Map([
        [
          'a.yaml',
          [
            { oid: oids[2], at: NINE + 3 * DAY },
            { oid: oids[1], at: NINE + 2 * DAY },
          ],
        ],
        ['b.yaml', [{ oid: first, at: NINE }]],
        ['never.yaml', []],
      ]),
    );
    expect((await touchesOf(forge, oid, [], 2)).size).toBe(0);
    expect((await touchesOf(forge, oid, ['a.yaml'], 0)).get('a.yaml')).toEqual([]);
  });

  test('a change on a side branch reached the branch with the merge', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1', 'b.yaml': '1' });
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.git('switch', '--quiet', '-c', 'side');
    await repository.write('a.yaml', '2');
    await repository.commitAll('On the side', { date: NINE + HOUR });
    await repository.git('switch', '--quiet', 'main');
    await repository.write('c.yaml', '1');
    await repository.commitAll('Meanwhile', { date: NINE + 2 * HOUR });
    await repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'side');
    const merge = await repository.commitAll('Merge', { date: NINE + DAY });
    const forge = await forgeOn(repository);

    const history = await touchesOf(forge, merge, ['a.yaml', 'b.yaml'], 5);
    expect(history.get('a.yaml')).toEqual([
      { oid: merge, at: NINE + DAY },
      { oid: first, at: NINE },
    ]);
    expect(history.get('b.yaml')).toEqual([{ oid: first, at: NINE }]);
  });

  test('merging the branch into a side branch and fast-forwarding keeps the first parents', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' });
    await repository.git('switch', '--quiet', '-c', 'side');
    await repository.write('a.yaml', '2');
    const side = await repository.commitAll('On the side', { date: NINE + HOUR });
    const forge = await forgeOn(repository, { branch: 'side' });
    expect((await touchesOf(forge, side, ['a.yaml'], 1)).get('a.yaml')?.[0]?.oid).toBe(side);
  });

  test('deletions and mode changes are touches; a rename is not followed', async () => {
    const repository = await repositoryWith({ 'old.yaml': 'the same\ntext\n', 'run.sh': '#!' });
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.git('mv', 'old.yaml', 'new.yaml');
    await repository.git('update-index', '--chmod=+x', 'run.sh');
    await repository.git('config', 'core.fileMode', 'false');
    const second = await repository.commitAll('Move', { date: NINE + DAY });
    // What a user may have set, and what git log by itself would obey.
    await repository.git('config', 'log.follow', 'true');
    await repository.git('config', 'diff.renames', 'copies');
    await repository.git('config', 'log.showSignature', 'true');
    await repository.git('config', 'diff.orderFile', 'missing');
    const forge = await forgeOn(repository);

    const oids = async (path: string) =>
      (await touchesOf(forge, second, [path], 9)).get(path)?.map((touch) => touch.oid);
    expect(await oids('new.yaml')).toEqual([second]);
    expect(await oids('old.yaml')).toEqual([second, first]);
    expect(await oids('run.sh')).toEqual([second, first]);
  });

  test('names that look like pathspecs, options, or our own format are only names', async () => {
    const forged = `${'e'.repeat(40)} 1`;
    const names = [':(glob)**', '*.yaml', '-x', '--all', 'new\nline', forged, ':100644 x', '\n:x'];
    const repository = await repositoryWith(Object.fromEntries(names.map((name) => [name, '1'])));
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.write('plain.yaml', '1');
    const oid = await repository.commitAll('Plain', { date: NINE + DAY });
    const forge = await forgeOn(repository);

    const history = await touchesOf(forge, oid, names, 3);
    for (const name of names) expect(history.get(name)).toEqual([{ oid: first, at: NINE }]);
  });

  test('a thousand paths in one process', async () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `rollouts/flag-${index}.yaml`);
    const repository = await repositoryWith(Object.fromEntries(paths.map((path) => [path, '1'])));
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.write('rollouts/flag-7.yaml', '2');
    const second = await repository.commitAll('Seven', { date: NINE + DAY });
    const spawned: string[] = [];
    const onSpawn = (args: readonly string[]) => spawned.push(args[0] ?? '');
    const forge = await forgeOn(repository, {}, { onSpawn });

    spawned.length = 0;
    const history = await touchesOf(forge, second, paths, 1);
    // One for the history, whatever the number of paths; the rest list the reverts.
    expect(spawned.filter((name) => name === 'log')).toEqual(['log']);
    expect(history.size).toBe(1000);
    expect(history.get('rollouts/flag-7.yaml')).toEqual([{ oid: second, at: NINE + DAY }]);
    expect(history.get('rollouts/flag-8.yaml')).toEqual([{ oid: first, at: NINE }]);
  });

  test('the last commit of a shallow clone counts as touching everything, and as the end of what is known', async () => {
    const repository = await repositoryWith({ 'a.yaml': '1' });
    await repository.write('b.yaml', '1');
    const second = await repository.commitAll('Second', { date: NINE + DAY });
    const shallow = await repositoryWith({});
    await shallow.git('fetch', '--quiet', '--depth=1', `file://${repository.dir}`, 'main:copy');
    const forge = await forgeOn(shallow, { branch: 'copy' });

    expect((await touchesOf(forge, second, ['a.yaml'], 2)).get('a.yaml')).toEqual([
      { oid: second, at: NINE + DAY, cut: true },
    ]);
    expect(await forge.parent(second)).toBeUndefined();
  });

  test('what commits did to a file each, against their first parents', async () => {
    const repository = await repositoryWith({ 'a.yaml': 'one\n', 'b.yaml': 'b\n' });
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.write('a.yaml', 'two\n');
    await repository.write('latin1.yaml', Uint8Array.of(0xe9));
    const second = await repository.commitAll('Change');
    await repository.git('rm', '--quiet', 'a.yaml');
    const third = await repository.commitAll('Remove');
    const forge = await forgeOn(repository);
    expect(
      await forge.edits([
        { oid: third, path: 'a.yaml' },
        { oid: first, path: 'a.yaml' },
        { oid: second, path: 'a.yaml' },
        { oid: second, path: 'latin1.yaml' },
        { oid: second, path: 'odd\nname.yaml' },
        { oid: second, path: 'b.yaml' },
      ]),
    ).toEqual([
      { before: 'two\n' },
      { after: 'one\n' },
      { before: 'one\n', after: 'two\n' },
      {},
      {},
      { before: 'b\n', after: 'b\n' },
    ]);
    expect(await forge.edits([])).toEqual([]);
  });
});
