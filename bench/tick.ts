import { measure, type Providers } from '../src/commands/measure.ts';
import { readConfigFile, readRolloutFile } from '../src/commands/read.ts';
import type { MetricsProvider } from '../src/metrics/provider.ts';
import { decide } from '../src/rollout/lifecycle.ts';
import { fastest, rolloutText } from './measure.ts';
import type { Bench } from './run.ts';

const ROLLOUTS = 1_000;
const RUNS = 5;
const NOW = Date.UTC(2026, 11, 9, 12);

const CONFIG = `providers: {prod: {type: prometheus, url: 'https://prometheus.example.com'}}
metrics:
  conversion: {unit: ratio, category: business, query: 'conversion{flag="{{flag}}",variant="{{variant}}"}'}
  satisfaction: {unit: score, category: experience, query: 'satisfaction{flag="{{flag}}",variant="{{variant}}"}'}
`;

const STATUS = `status:
  phase: progressing
  stage: early
  since: 2026-12-07T09:00:00Z
`;

/**
 * Measuring, judging and deciding 1,000 rollouts of five checks, against reading their files. The
 * provider answers at once: what is measured is our own work.
 */
export async function tick(): Promise<Bench> {
  const { config } = readConfigFile('.github/sluice.yml', CONFIG, {});
  if (!config) throw new Error('the bench has an invalid config');
  const read = () =>
    Array.from({ length: ROLLOUTS }, (_, index) => {
      const path = `rollouts/flag-${index}.yaml`;
      const source = readRolloutFile(path, rolloutText(index, STATUS), config);
      if (source.kind === 'invalid') throw new Error(`the bench has an invalid file`);
      return source.rollout;
    });
  const provider: MetricsProvider = {
    name: 'prod',
    escape: (value) => value,
    query: async (query) => ({
      kind: 'series',
      warnings: [],
      points:
        query.kind === 'instant'
          ? [{ at: query.at, value: 5_000 }]
          : [{ at: query.to, value: 5_000 }],
    }),
  };
  const providers: Providers = new Map([['prod', provider]]);
  const rollouts = read();
  const work = async (): Promise<void> => {
    const start = NOW - 50 * 3_600_000;
    const entries = rollouts.map((rollout) => ({ rollout, start }));
    const verdicts = await measure(entries, providers, config, { now: NOW });
    for (const rollout of rollouts) {
      decide(rollout, {
        now: NOW,
        entryStart: start,
        verdicts: verdicts.get(rollout.key) ?? [],
        policy: config.policy,
        revert: { state: 'none' },
        after: 'none',
        outage: false,
        promoted: false,
      });
    }
  };
  const reference = await fastest(RUNS, read);
  const value = await fastest(RUNS, work);
  return { name: 'tick', value, unit: 'ms', reference, ratio: value / reference, target: 3 };
}
