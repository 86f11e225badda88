import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';

const NOW = '2026-12-01T12:00:00Z';

afterAll(closeDesks);

const CONFIG = `providers: {rec: {type: replay, path: metrics.csv}}
metrics:
  errs: {kind: proportion, events: 'errors {{flag}} {{variant}}', total: 'total {{flag}} {{variant}}', limits: {max: 5%}}
  slow: {unit: seconds, query: 'slow {{flag}} {{variant}}', limits: {max: 2}}
targets: [{type: json, path: flags/e.json}]
`;

const rollout = (flag: string, more = ''): string => `flag: ${flag}
owners: ['@ada']
stages: [{name: canary, percentage: 1, duration: 1d}, {name: full, percentage: 100, duration: 1d}]
checks: [errs, slow]
${more}`;

/** Series of 1 December, every five minutes until noon. */
function csv(series: Readonly<Record<string, (minute: number) => number>>): string {
  const rows = Object.entries(series).flatMap(([name, at]) =>
    Array.from({ length: 145 }, (_, index) => {
      const time = new Date(Date.parse('2026-12-01T00:00:00Z') + index * 300_000).toISOString();
      return `${time.slice(0, 19)}Z,${name},${at(index * 5)}`;
    }),
  );
  return `time,series,value\n${rows.join('\n')}\n`;
}

const SERIES = {
  'total new off': (minute: number) => minute * 100,
  'errors new off': (minute: number) => minute,
  'slow new off': () => 0.3,
  'total old off': (minute: number) => minute * 100,
};

const desk = (): Promise<Desk> =>
  openDesk('2026-12-01T00:00:00Z', {
    '.github/sluice.yml': CONFIG,
    'rollouts/new.yaml': rollout('new'),
    'rollouts/old.yaml': rollout('old'),
    'metrics.csv': csv(SERIES),
  });

describe.concurrent('check', () => {
  it('shows what each query finds for control, before anyone is exposed', async () => {
    const { show } = await desk();
    const { stdout, code } = await show(NOW, ['check', 'new']);
    expect(stdout).toBe(`new@production  pending; its first stage is canary
  ✓ errs
    control: 1 % of 72,000 in the last day, 1 % of 6,000 in the last hour,
      newest 0s ago
    needs 1,000 samples in canary: about 1d 9h at the last day's traffic
    errors new off
    total new off
  ✓ slow
    control: 300 ms in the last day, 300 ms in the last hour, newest 0s ago
    slow new off

2 checks: each has an answer
`);
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says which query finds nothing, and ends with 1', async () => {
    const { show } = await desk();
    const { stdout, code } = await show(NOW, ['check', 'old']);
    expect(stdout).toContain('no series matches errors old off');
    expect(stdout).toContain('control: nothing in the last day; check the query and its labels');
    expect(stdout).toContain('1 check of 2 cannot be judged');
    expect(code).toBe(1);
  });

  it('names a flag that there is not, with one that is near', async () => {
    const { show } = await desk();
    const { stderr, code } = await show(NOW, ['check', 'nwe']);
    expect(stderr).toContain('there is no rollout of nwe');
    expect(code).toBe(2);
  });

  it('shows a provider that does not answer, without its credentials', async () => {
    const { show, commit } = await desk();
    await commit(NOW, 'Ask a server', {
      '.github/sluice.yml': CONFIG.replace(
        '{type: replay, path: metrics.csv}',
        "{type: prometheus, url: 'http://127.0.0.1:9', auth: {bearer: METRICS_TOKEN}}",
      ),
    });
    const { stdout, code } = await show(NOW, ['check', 'new'], {
      env: { METRICS_TOKEN: 'hunter2-hunter2' },
    });
    expect(stdout).toContain('control: no answer (unreachable)');
    expect(stdout).not.toContain('hunter2');
    expect(code).toBe(1);
  });

  it('shows both arms and the verdict of a rollout that runs, also as JSON', async () => {
    const { run, commit } = await desk();
    await commit('2026-12-01T06:00:00Z', 'It runs', {
      'rollouts/new.yaml': rollout(
        'new',
        "status: {phase: progressing, stage: canary, since: '2026-12-01T06:00:00Z', started: '2026-12-01T06:00:00Z'}\n",
      ),
      'metrics.csv': csv({
        ...SERIES,
        'total new on': (minute) => Math.max(0, minute - 360),
        'errors new on': () => 0,
        'slow new on': () => 0.4,
      }),
    });
    const ran = await run(NOW, 'check', 'new');
    expect(ran.json()).toMatchObject({
      command: 'check',
      rollouts: [
        {
          key: 'new@production',
          checks: [
            {
              metric: 'errs',
              seen: true,
              verdict: 'insufficient',
              'samples-needed': 1000,
              arms: [
                { arm: 'treatment', state: 'seen', day: { samples: 360, value: 0 } },
                { arm: 'control', state: 'seen', day: { samples: 72_000 } },
              ],
            },
            { metric: 'slow', verdict: 'pass' },
          ],
        },
      ],
    });
    expect(ran.code).toBe(0);
  });
});
