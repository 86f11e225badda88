import type { Caught, Chance, StageReport } from '../judge/simulate/report.ts';
import type { Simulation } from '../judge/simulate/simulate.ts';
import type { Json } from '../model/json.ts';
import type { Duration } from '../time.ts';

type Fields = { readonly [key: string]: Json };

/** A simulation for machines: chances are shares of 1, durations are seconds. */
export function simulationFields(simulation: Simulation): Fields {
  const { scenario, stages, falseRollback, falsePause, uncounted, unknown } = simulation;
  const { rollout, health } = scenario;
  return {
    key: rollout.key,
    file: rollout.file,
    runs: scenario.runs,
    seed: scenario.seed,
    overdispersion: scenario.dispersion,
    confidence: scenario.confidence,
    'false-rollback': chanceFields(falseRollback),
    'false-pause': chanceFields(falsePause),
    metrics: [...health].map(([metric, { level, deviation, perMinute, given }]) => ({
      metric,
      rate: level,
      deviation: deviation ?? null,
      'per-minute': perMinute,
      assumed: !given,
    })),
    stages: stages.map(stageFields),
    'left-out': {
      metrics: uncounted.map(({ metric: { name, kind } }) => ({ metric: name, kind })),
      stages: unknown.map(({ name }) => name),
    },
  };
}

function stageFields(report: StageReport): Fields {
  const { watch, samples, enough, enoughAt, passes, caught, telling, decides, needs } = report;
  return {
    stage: watch.stage.name,
    metric: watch.check.metric.name,
    share: watch.share,
    'dwell-seconds': watch.stage.duration / 1000,
    judged: watch.asked.some(({ level }) => level === 'breach'),
    samples,
    'enough-samples': enough,
    'enough-after-seconds': seconds(enoughAt),
    'false-breach': chanceFields(report.falseBreach),
    'false-warning': chanceFields(report.falseWarning),
    passes,
    regressions: caught.map(caughtFields),
    'decides-against': telling ?? null,
    decides,
    'dwell-needed-seconds': seconds(needs),
  };
}

const caughtFields = ({ factor, level, chance, median, ninth }: Caught): Fields => ({
  factor,
  rate: level,
  allowed: chance === undefined,
  caught: chance === undefined ? null : chanceFields(chance),
  'median-seconds': seconds(median),
  'ninth-decile-seconds': seconds(ninth),
});

const chanceFields = ({ hits, runs, share, interval: { low, high } }: Chance): Fields => ({
  hits,
  runs,
  share,
  low,
  high,
});

const seconds = (duration: Duration | undefined): number | null =>
  duration === undefined ? null : Math.round(duration / 1000);
