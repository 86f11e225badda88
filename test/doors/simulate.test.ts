import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { runCli } from '../../src/terminal/run.ts';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { sluice } from '../support/program.ts';
import { june } from '../support/rollouts.ts';

const NOW = june(1, '09:00');
const HERE = fileURLToPath(new URL('../../', import.meta.url));

const CONFIG = `providers: {prod: {type: prometheus, url: 'https://prometheus.example.com'}}
metrics:
  errors:
    kind: proportion
    category: technical
    unit: ratio
    events: 'errors_total{flag="{{flag}}",variant="{{variant}}"}'
    total: 'requests_total{flag="{{flag}}",variant="{{variant}}"}'
    limits: {max_increase: 5%}
  latency:
    kind: gauge
    category: technical
    unit: seconds
    query: 'latency{flag="{{flag}}",variant="{{variant}}"}'
    limits: {max: 3s}
segments: {employees: {attribute: email, ends_with: '@example.com'}}
`;

const ROLLOUT = `flag: checkout
owners: ['@acme/shop']
risk: low
stages:
  - {name: internal, segments: [employees], duration: 1d}
  - {name: canary, percentage: 5, duration: 1d}
  - {name: full, percentage: 100, duration: 1d}
checks: [errors, latency]
`;

const FAST = ['--traffic', '200/min', '--runs', '40'];

describe('simulate', () => {
  let desk: Desk;
  const simulate = (...args: readonly string[]) => sluice(desk.dir, ['simulate', ...args]);
  const file = 'rollouts/checkout.yaml';

  beforeAll(async () => {
    desk = await openDesk(NOW, {
      '.github/sluice.yml': CONFIG,
      [file]: ROLLOUT,
      'rollouts/slow.yaml': ROLLOUT.replace('checkout', 'slow').replace('errors, ', ''),
      'rollouts/endless.yaml': ROLLOUT.replace('checkout', 'endless').replaceAll('1d', '36500d'),
      'rollouts/broken.yaml': ROLLOUT.replace('checkout', 'broken').replace(
        'percentage',
        'percent',
      ),
    });
  });
  afterAll(closeDesks);

  it('says in words and in a table what is caught when, and what was left out', async () => {
    const { code, stdout, stderr } = await simulate(file, ...FAST);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'checkout@production, 40 times from its first stage to its last (seed 1).',
    );
    expect(stdout).toMatch(
      /Of healthy rollouts \S+ % were taken back by mistake \(.+; the policy allows 5 %\)/,
    );
    expect(stdout).toContain(
      '0.5 % of 200 a minute in health\n  (0.5 % is assumed: say --rate errors=…)',
    );
    expect(stdout).toMatch(/^ {2}canary +5 % +1d +14k /m);
    expect(stdout).toContain('Not played: latency, a gauge');
    expect(stdout).toContain('Not played: internal; ');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('counts on a terminal how far it is, and leaves no trace of it', async () => {
    const shown: string[] = [];
    const out: string[] = [];
    const exit = await runCli(['simulate', file, ...FAST, '--no-color'], {
      stdout: { write: (text) => out.push(text), isTTY: true },
      stderr: { write: (text) => shown.push(text), isTTY: true },
      env: {},
      cwd: desk.dir,
      clock: () => Date.parse(NOW),
    });
    expect(exit).toBe(0);
    expect(shown.slice(0, -1)).toContain('\r\u001b[2Kplaying rollouts 50 %');
    expect(shown.at(-1)).toBe('\r\u001b[2K');
    expect(out.join('')).toBe((await simulate(file, ...FAST)).stdout);
  });

  it('gives one JSON value, the same for the same seed', async () => {
    const args = [file, ...FAST, '--seed', '9', '--share', 'internal=2%', '--json'];
    const [first, again, other] = await Promise.all([
      simulate(...args),
      simulate(...args),
      simulate(...args, '--seed', '10'),
    ]);
    expect(again.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
    const result = first.json() as unknown as Readonly<Record<string, Json>>;
    expect(result).toMatchObject({
      'schema-version': 1,
      command: 'simulate',
      key: 'checkout@production',
      runs: 40,
      seed: 9,
      metrics: [
        { metric: 'errors', rate: 0.005, deviation: null, 'per-minute': 200, assumed: true },
      ],
      stages: [
        { stage: 'internal', share: 0.02, judged: false },
        { stage: 'canary', judged: true, samples: 14_350, 'decides-against': 2 },
        { stage: 'full', share: 1, judged: true },
      ],
      'left-out': { metrics: [{ metric: 'latency', kind: 'gauge' }], stages: [] },
    });
  });

  it.each([
    { args: [file], code: 'bad-traffic', says: 'how much is counted by errors?' },
    { args: [file, '--traffic', '200'], code: 'bad-traffic', says: 'such as 200/min' },
    { args: [file, '--traffic', '0/min'], code: 'bad-traffic', says: 'is no traffic' },
    {
      args: [file, '--traffic', '9000000/s'],
      code: 'bad-traffic',
      says: 'the most that is simulated',
    },
    {
      args: [file, ...FAST, '--rate', 'error=1%'],
      code: 'unknown-metric',
      says: 'did you mean `errors`?',
    },
    {
      args: [file, ...FAST, '--rate', 'latency=1s'],
      code: 'unknown-metric',
      says: 'no counted check on latency',
    },
    {
      args: [file, ...FAST, '--rate', 'errors'],
      code: 'bad-rate',
      says: 'write --rate name=value',
    },
    {
      args: [file, ...FAST, '--rate', 'errors=1s'],
      code: 'bad-rate',
      says: 'seconds or milliseconds',
    },
    { args: [file, ...FAST, '--rate', 'errors=0'], code: 'bad-rate', says: 'no number above zero' },
    { args: [file, ...FAST, '--deviation', 'errors=1%'], code: 'bad-rate', says: 'leave it out' },
    {
      args: [file, ...FAST, '--share', 'inner=2%'],
      code: 'bad-share',
      says: 'there is no stage inner',
    },
    {
      args: [file, ...FAST, '--share', 'internal=2'],
      code: 'bad-share',
      says: '--share internal=2%',
    },
    { args: [file, ...FAST, '--runs', '0'], code: 'bad-usage', says: 'a whole number from 1 to' },
    {
      args: [file, ...FAST, '--overdispersion', '0.5'],
      code: 'bad-usage',
      says: 'a number from 1 to',
    },
    {
      args: ['rollouts/none.yaml', ...FAST],
      code: 'bad-usage',
      says: 'there is no file rollouts/none.yaml',
    },
    { args: ['rollouts/slow.yaml', ...FAST], code: 'nothing-counted', says: 'latency is a gauge' },
    {
      args: ['rollouts/endless.yaml', ...FAST],
      code: 'bad-rollout',
      says: 'at most 1500d are simulated',
    },
    {
      args: ['rollouts/broken.yaml', ...FAST],
      code: 'bad-rollout',
      says: 'rollouts/broken.yaml:6:20',
    },
  ])('refuses $args as $code', async ({ args, code, says }) => {
    const ran = await simulate(...args, '--json');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`(${code})`);
    expect(ran.json().error).toMatchObject({ code, message: expect.stringContaining(says) });
  });

  it('works as its page says, on the example rollouts', async () => {
    const page = await readFile(new URL('../../docs/simulate.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/^node dist\/cli\.js (simulate .+)$/gm)].map(
      ([, args = '']) => args.split(/ +/),
    );
    expect(commands.length).toBeGreaterThan(0);
    for (const args of commands) {
      const { code, stderr } = await sluice(HERE, [...args, '--runs', '8']);
      expect([code, stderr]).toEqual([0, '']);
    }
  });
});
