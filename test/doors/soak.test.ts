import { afterAll, expect, test } from 'vitest';
import { describeFailure, nameOf, type Repository, smaller } from '../soak/report.ts';
import { soak } from '../soak/soak.ts';
import { ALL, SEED } from '../support/sampled.ts';

const SECOND = 1_000;
/** So many repositories are a minute's worth on a machine that has other things to do. */
const REPOSITORIES = ALL ? 8 : 4;

const counts = new Map<string, number>();

/** Lives through one repository, and fails with its history where the model objects. */
async function lives(repository: Repository): Promise<void> {
  const soaked = await soak({ ...repository, seed: nameOf(repository) });
  for (const [what, times] of soaked.counts) counts.set(what, (counts.get(what) ?? 0) + times);
  if (!soaked.failure) return;
  const least = await smaller(repository, soaked.failure);
  expect.fail(describeFailure(least.repository, least.failure));
}

afterAll(() => process.stdout.write(`soak with seed ${SEED}: ${JSON.stringify([...counts])}\n`));

/** What once failed, and the flags it takes. */
test.each<readonly [string, string, number, readonly string[] | undefined]>([
  ['a revert that another tick had carried out was offered again', '2026', 3, ['f15@production']],
  ['a merged degradation was judged on what came before the merge', '2029', 4, undefined],
])('%s', async (_, seed, number, only) => {
  await lives({ seed, number, flags: 20, days: 2, home: 'memory', ...(only ? { only } : {}) });
});

test('some of it, from a fresh seed', async () => {
  process.stdout.write(`soak with seed ${SEED}\n`);
  const end = performance.now() + 150 * SECOND;
  const until = () => performance.now() > end;
  for (let number = 1; number <= REPOSITORIES && !until(); number += 1) {
    await lives({ seed: SEED, number, flags: 20, days: 3, home: 'memory', until });
  }
  // A soak in which nothing goes up or down proves nothing.
  for (const what of ['up', 'rollback', 'pause', 'resume', 'kill', 'offered', 'killed runs']) {
    expect(counts.get(what), what).toBeGreaterThan(0);
  }
}, 1_200_000);

test('a little of it in a real repository', async () => {
  const end = performance.now() + 30 * SECOND;
  const until = () => performance.now() > end;
  await lives({ seed: SEED, number: 1, flags: 5, days: 1, home: 'git', until });
}, 1_200_000);
