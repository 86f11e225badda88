import { type EvaluationContext, OpenFeature } from '@openfeature/server-sdk';
import { afterAll, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { flagd } from '../support/flagd.ts';
import { providerOver } from '../support/openfeature.ts';
import { people } from '../support/people.ts';
import { june, recording, rolloutText } from '../support/rollouts.ts';

const SUNDAY = '2026-05-31T09:00:00Z';
const CONFIG = `providers:
  recorded: {type: replay, path: metrics.csv, lookback: 365d}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
segments: {employees: {attribute: email, ends_with: '@acme.example'}}
rollback: {via: commit}
targets: [{type: flagd, path: flags/flagd.json}]
`;
const STAGES = `
  - {name: internal, segments: [employees], duration: 1d}
  - {name: least, percentage: 0.5, duration: 1d}
  - {name: quarter, percentage: 25, duration: 1d}
  - {name: full, percentage: 100, duration: 7d}`;

const CROWD: readonly EvaluationContext[] = people(20_000).map(({ id, segments }) => ({
  targetingKey: id,
  email: `${id}@${segments.includes('employees') ? 'acme.example' : 'else.example'}`,
}));

afterAll(async () => {
  await OpenFeature.close();
  await closeDesks();
});

/** The users who have the flag, by what the branch's file says to a service. */
async function whoHas(desk: Desk): Promise<ReadonlySet<number>> {
  await OpenFeature.setProviderAndWait(
    providerOver(flagd(await desk.file('flags/flagd.json')).core),
  );
  const client = OpenFeature.getClient();
  const answers = await Promise.all(
    // The default of the code is the treatment: a flag that cannot be resolved would show.
    CROWD.map((context) => client.getBooleanDetails('demo', true, context)),
  );
  expect(answers.filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
  return new Set(answers.flatMap(({ value }, n) => (value ? [n] : [])));
}

it('a flag goes up without taking anybody out, and back without touching anybody else', async () => {
  const desk = await openDesk(SUNDAY, {
    '.github/sluice.yml': CONFIG,
    'metrics.csv': recording(
      ['2026-05-01', 'errors demo on', 0.001],
      ['2026-05-01', 'errors demo off', 0.002],
      [june(8, '10:00'), 'errors demo on', 0.05],
    ),
    'rollouts/demo.yaml': rolloutText('demo', { stages: STAGES }),
  });

  const seen: ReadonlySet<number>[] = [];
  for (const day of [1, 2, 3, 4]) {
    await desk.tick(june(day, '10:00'));
    seen.push(await whoHas(desk));
  }
  const [internal, least, quarter, full] = seen;
  const employees = CROWD.flatMap(({ email }, n) =>
    String(email).endsWith('@acme.example') ? [n] : [],
  );
  expect([...(internal ?? [])]).toEqual(employees);
  // Of those who are no employees, within 5 σ.
  const others = CROWD.length - employees.length;
  for (const [seen, share] of [
    [least, 0.005],
    [quarter, 0.25],
  ] as const) {
    expect(Math.abs((seen?.size ?? 0) - employees.length - others * share)).toBeLessThan(
      5 * Math.sqrt(others * share * (1 - share)),
    );
  }
  expect(full?.size).toBe(CROWD.length);
  for (const [n, now] of seen.slice(1).entries()) {
    expect([...(seen[n] ?? [])].filter((user) => !now.has(user))).toEqual([]);
  }

  // The errors begin: back to the quarter it was, in the same commit as the file's status.
  expect((await desk.tick(june(8, '10:01'))).of('demo').decision).toMatchObject({
    kind: 'rollback',
  });
  expect(await whoHas(desk)).toEqual(quarter);
  expect(await desk.dirt()).toBe('');

  await desk.say(june(8, '10:02'), '/rollout kill demo');
  expect((await whoHas(desk)).size).toBe(0);

  // Its file is broken, and then killed for good: nothing moves but to control.
  await desk.say(june(8, '10:03'), '/rollout unkill demo');
  const standing = await desk.file('flags/flagd.json');
  const broken = (await desk.file('rollouts/demo.yaml')).replace('checks:', 'chekcs:');
  await desk.commit(june(8, '10:04'), 'Misspell', { 'rollouts/demo.yaml': broken });
  await desk.run(june(8, '10:05'), 'compile');
  expect(await desk.file('flags/flagd.json')).toBe(standing);
  await desk.commit(june(8, '10:06'), 'Kill', { 'rollouts/demo.yaml': `${broken}kill: true\n` });
  await desk.run(june(8, '10:07'), 'compile');
  expect((await whoHas(desk)).size).toBe(0);
});

it('a flag that was raised by hand and cannot be said stays where it is, and the compilation fails', async () => {
  const stage = (name: string, more = '') =>
    rolloutText('demo', {
      stages: STAGES,
      more,
      status: `{phase: progressing, stage: ${name}, since: ${june(1, '09:00')}}`,
    });
  const desk = await openDesk(june(1, '09:00'), {
    '.github/sluice.yml': CONFIG,
    'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.001]),
    'rollouts/demo.yaml': stage('least'),
  });
  expect((await desk.run(june(1, '09:01'), 'compile')).code).toBe(0);
  const least = await whoHas(desk);
  expect(least.size).toBeGreaterThan(0);

  const lists = "variants: {'on': [1], 'off': []}";
  await desk.commit(june(1, '09:02'), 'Raise it', {
    'rollouts/demo.yaml': stage('quarter', lists),
    'rollouts/other.yaml': rolloutText('other', { stages: STAGES }),
  });
  const compiled = await desk.run(june(1, '09:03'), 'compile');
  expect(compiled.code).toBe(1);
  expect(compiled.json().failures).toMatchObject([
    { code: 'not-compiled', detail: expect.stringMatching(/`on`.*what stood before stays$/) },
    { code: 'not-compiled', detail: expect.stringMatching(/`off`.*what stood before stays$/) },
  ]);
  expect(await whoHas(desk)).toEqual(least);
  // The other flags of the file go on.
  expect(Object.keys(JSON.parse(await desk.file('flags/flagd.json')).flags)).toEqual([
    'demo',
    'other',
  ]);
});
