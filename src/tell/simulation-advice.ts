import type { StageReport } from '../judge/simulate/report.ts';
import { GOOD_ENOUGH } from '../judge/simulate/report.ts';
import type { Simulation } from '../judge/simulate/simulate.ts';
import { kindOf } from '../model/rollout.ts';
import { formatValue, grouped, significant } from '../model/units.ts';
import { oneLine } from '../text.ts';
import { DAY, type Duration, formatDuration, HOUR } from '../time.ts';

/** What to change where a rollout cries wolf, is blind to a regression, or cannot decide. */
export function adviceOn(simulation: Simulation): readonly string[] {
  return [
    ...falseAlarms(simulation),
    ...new Set(simulation.stages.flatMap((stage) => [...allowed(stage), ...waiting(stage)])),
    ...simulation.stages.flatMap(slow),
    ...simulation.stages.flatMap(unproven),
  ];
}

function falseAlarms({
  falseRollback,
  falsePause,
  scenario,
  stages,
}: Simulation): readonly string[] {
  const promised = 1 - scenario.confidence;
  if (Math.max(falseRollback.interval.low, falsePause.interval.low) <= promised) return [];
  const [worst] = stages.toSorted((a, b) => alarmsOf(b) - alarmsOf(a));
  if (worst === undefined) return [];
  const { stage, check } = worst.watch;
  return [
    `more healthy rollouts are taken back or paused than the ${significant(promised * 100)} % that the policy allows, most of all by ${oneLine(check.metric.name)} in ${oneLine(stage.name)}: give it a wider limit, or count users rather than requests, whose failures come in clusters`,
  ];
}

const alarmsOf = ({ falseBreach, falseWarning }: StageReport): number =>
  Math.max(falseBreach.share, falseWarning.share);

/** A limit that lets a doubling pass; said once, as it holds in every stage. */
function allowed({ watch, caught }: StageReport): readonly string[] {
  const twice = caught.find(({ factor }) => factor === 2);
  if (twice === undefined || twice.chance !== undefined) return [];
  const { metric } = watch.check;
  const name = oneLine(metric.name);
  if (!watch.asked.some(({ level }) => level === 'breach')) {
    if (!watch.blind) return [];
    return [
      `${oneLine(watch.stage.name)}: ${name} has only limits relative to a control that this stage does not have; add an absolute one`,
    ];
  }
  return kindOf(watch.stage) === 'randomised'
    ? [
        `${name}: the limits allow ${formatValue(twice.level, metric.unit)}, twice as bad as in health; add \`max_increase\` (or \`max_decrease\`) to hold it against control`,
      ]
    : [];
}

function waiting({ watch, samples, enough, enoughAt }: StageReport): readonly string[] {
  const { minSamples, metric } = watch.check;
  if (enough || !minSamples || enoughAt === undefined) return [];
  const { name, duration, maxDuration } = watch.stage;
  const paused =
    enoughAt > maxDuration
      ? `, and at its max_duration, ${formatDuration(maxDuration)}, it pauses`
      : '';
  return [
    `${oneLine(name)} sees ${grouped(samples)} of the ${grouped(minSamples.count)} samples that ${oneLine(metric.name)} waits for in ${formatDuration(duration)}${paused}; give it ${whole(enoughAt)}, more users, or a smaller \`min_samples\``,
  ];
}

function slow({ watch, samples, caught, telling, needs }: StageReport): readonly string[] {
  const chance = caught.find(({ factor }) => factor === telling)?.chance;
  if (chance === undefined || chance.share >= GOOD_ENOUGH) return [];
  const { stage, check, share } = watch;
  const metric = oneLine(check.metric.name);
  const worse = telling === 2 ? 'twice' : `${telling} times`;
  const seen = `${oneLine(stage.name)} at ${significant(share * 100)} % sees ${grouped(samples)} samples of ${metric} in ${formatDuration(stage.duration)}: ${worse} as bad is caught in ${Math.round(chance.share * 100)} % of runs`;
  if (needs === undefined) {
    return [
      `${seen}; a longer dwell hardly helps: give it more users, or a metric that counts more`,
    ];
  }
  const wider =
    kindOf(stage) === 'randomised' ? widerShare(share, needs / stage.duration) : undefined;
  const or = wider === undefined ? '' : `, or ${wider} % of users`;
  return [`${seen}; give it ${whole(needs)}${or}`];
}

/** Percentages that people write. */
const ROUND = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50];

/** So many times the share in as much time: evidence grows with the samples of the treatment. */
function widerShare(share: number, times: number): number | undefined {
  return ROUND.find((percentage) => percentage >= 100 * share * times);
}

function unproven({ watch, enough, passes, falseBreach }: StageReport): readonly string[] {
  if (!watch.check.proof || !enough || watch.blind || passes >= GOOD_ENOUGH) return [];
  if (passes >= 1 - falseBreach.share) return [];
  return [
    `${oneLine(watch.stage.name)}: \`require: proof\` holds back ${Math.round((1 - passes) * 100)} % of healthy stays of ${oneLine(watch.check.metric.name)} beyond ${formatDuration(watch.stage.duration)}; a wider limit or a longer dwell is proven sooner`,
  ];
}

/** A dwell that people would write: whole days, or hours below two days. */
const whole = (duration: Duration): string =>
  duration <= 2 * DAY ? `${Math.ceil(duration / HOUR)}h` : `${Math.ceil(duration / DAY)}d`;
