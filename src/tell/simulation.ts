import type { Caught, Chance, StageReport } from '../judge/simulate/report.ts';
import { FACTORS, GOOD_ENOUGH } from '../judge/simulate/report.ts';
import type { Simulation } from '../judge/simulate/simulate.ts';
import type { CountedCheck, Health } from '../judge/simulate/watch.ts';
import type { Change, Limits } from '../model/check.ts';
import { formatValue, grouped, significant } from '../model/units.ts';
import { oneLine } from '../text.ts';
import { DAY, type Duration, formatDuration, HOUR, MINUTE } from '../time.ts';
import type { Paint } from './paint.ts';
import { adviceOn } from './simulation-advice.ts';
import { wrap } from './text.ts';

/** As wide as a table of usual names is. */
const WIDTH = 92;

/** A simulation for people: what to expect in words, then stage by stage, then what to change. */
export function renderSimulation(simulation: Simulation, paint: Paint): string {
  const { stages } = simulation;
  const checks = [...new Set(stages.map(({ watch }) => watch.check))];
  const advice = adviceOn(simulation);
  return [
    summaryOf(simulation, checks, paint),
    ...checks.map((check) =>
      sectionOf(
        check,
        stages.filter(({ watch }) => watch.check === check),
        paint,
      ),
    ),
    ...(stages.length > 0 ? [paint.dim(LEGEND)] : []),
    ...(advice.length > 0
      ? [
          [
            paint.bold('What to change:'),
            ...advice.map((line) => wrap(`- ${line}`, WIDTH, '  ')),
          ].join('\n'),
        ]
      : []),
    ...leftOut(simulation),
  ].join('\n\n');
}

const LEGEND = wrap(
  'sees: samples of the treatment by the end of the stage. false: the range in which the chance lies that a healthy stay ends in a breach. 5h/9h: half of such regressions are caught within 5h of the start of the stage, nine in ten within 9h; a share: so many are caught by its end. decides: the chance to pass in health and to catch a doubling (or, where the limits allow that, the next) before the stage ends.',
  WIDTH,
);

function summaryOf(
  { scenario, falseRollback, falsePause, stages }: Simulation,
  checks: readonly CountedCheck[],
  paint: Paint,
): string {
  const { rollout, runs, seed, confidence, dispersion } = scenario;
  const promised = 1 - confidence;
  const bad = falseRollback.interval.low > promised;
  const colour = bad ? paint.red : paint.green;
  const clustered = dispersion > 1 ? `, events clustered ${significant(dispersion)}-fold` : '';
  const lines = [
    `${paint.bold(rollout.key)}, ${grouped(runs)} times from its first stage to its last (seed ${seed}${clustered}).`,
    `Of healthy rollouts ${colour(percentOf(falseRollback))} were taken back by mistake (${rangeOf(falseRollback)}; the policy allows ${percent(promised)}).`,
  ];
  if (falsePause.hits > 0) {
    lines.push(`${percentOf(falsePause)} were paused by mistake (${rangeOf(falsePause)}).`);
  }
  for (const check of checks) {
    lines.push(
      sentenceOn(
        check,
        stages.filter(({ watch }) => watch.check === check),
      ),
    );
  }
  return lines.join('\n');
}

/** Where a regression of a metric is caught first, often enough to rely on. */
function sentenceOn(check: CountedCheck, stages: readonly StageReport[]): string {
  const name = oneLine(check.metric.name);
  const telling = stages.find((stage) => stage.telling !== undefined)?.telling;
  if (telling === undefined) {
    return `Its limits allow ${name} to get ${FACTORS.at(-1)} times as bad: it is never caught.`;
  }
  const at = (stage: StageReport): Caught | undefined =>
    stage.caught.find(({ factor }) => factor === telling);
  const worse = telling === 2 ? 'twice' : `${telling} times`;
  const first = stages.find((stage) => (at(stage)?.chance?.share ?? 0) >= GOOD_ENOUGH);
  const median = first && at(first)?.median;
  if (first === undefined || median === undefined) {
    return `${name} ${worse} as bad is caught reliably in no stage.`;
  }
  const { name: stage } = first.watch.stage;
  return `${name} ${worse} as bad is caught reliably from ${oneLine(stage)} on: there in half of the runs within ${shortly(median)}.`;
}

function sectionOf(check: CountedCheck, stages: readonly StageReport[], paint: Paint): string {
  const [first] = stages;
  const head = [
    'stage',
    'who',
    'dwell',
    'sees',
    'false',
    ...FACTORS.map((factor) => `${factor}×`),
    'decides',
  ];
  const rows = stages.map((report) => {
    const { stage, share } = report.watch;
    return [
      oneLine(stage.name),
      stage.shadow ? 'shadow' : percent(share),
      formatDuration(stage.duration),
      compact(report.samples),
      rangeOf(report.falseBreach),
      ...report.caught.map((caught) => cellOf(report, caught)),
      percent(report.decides),
    ];
  });
  const title = `${paint.bold(oneLine(check.metric.name))}  ${limitsOf(check)}; ${first ? healthIn(check, first.watch.health) : ''}`;
  return [
    title,
    paint.dim(lineOf(head, [head, ...rows])),
    ...rows.map((row) => lineOf(row, [head, ...rows])),
  ].join('\n');
}

function lineOf(row: readonly string[], rows: readonly (readonly string[])[]): string {
  return `  ${row
    .map((cell, column) => cell.padEnd(Math.max(...rows.map((each) => each[column]?.length ?? 0))))
    .join('  ')}`.trimEnd();
}

/** `0.5 % of 200 a minute in health`, and on a line of its own where nobody said so. */
function healthIn({ metric }: CountedCheck, health: Health): string {
  const { level, deviation, perMinute, given } = health;
  const value = formatValue(level, metric.unit);
  const what =
    deviation === undefined ? value : `${value} ± ${formatValue(deviation, metric.unit)}`;
  const said = given ? '' : `\n  (${value} is assumed: say --rate ${oneLine(metric.name)}=…)`;
  return `${what} of ${significant(perMinute)} a minute in health${said}`;
}

function limitsOf({ limits, metric: { unit } }: CountedCheck): string {
  const change = ({ kind, by }: Change): string =>
    kind === 'relative'
      ? `${significant(by * 100)} %`
      : unit === 'ratio'
        ? `${significant(by * 100)} pp`
        : formatValue(by, unit);
  const { max, min, maxIncrease, maxDecrease, maxRatio }: Limits = limits;
  return [
    ...(max === undefined ? [] : [`max ${formatValue(max, unit)}`]),
    ...(min === undefined ? [] : [`min ${formatValue(min, unit)}`]),
    ...(maxIncrease ? [`max_increase ${change(maxIncrease)}`] : []),
    ...(maxDecrease ? [`max_decrease ${change(maxDecrease)}`] : []),
    ...(maxRatio === undefined ? [] : [`max_ratio ${significant(maxRatio)}`]),
  ].join(', ');
}

function cellOf({ watch }: StageReport, { chance, median, ninth }: Caught): string {
  if (!watch.asked.some(({ level }) => level === 'breach')) return 'not judged';
  if (chance === undefined) return 'allowed';
  if (median === undefined) return percentOf(chance);
  if (ninth === undefined) return `${shortly(median)}, ${percentOf(chance)}`;
  return shortly(median) === shortly(ninth)
    ? shortly(median)
    : `${shortly(median)}/${shortly(ninth)}`;
}

function leftOut({ uncounted, unknown }: Simulation): readonly string[] {
  const lines = uncounted.map(
    ({ metric }) =>
      `Not played: ${oneLine(metric.name)}, a ${metric.kind}; only what is counted can be (kinds proportion and mean).`,
  );
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => oneLine(name));
    lines.push(
      `Not played: ${names.join(', ')}; how much traffic they get is not in the file: say --share ${names[0]}=2%.`,
    );
  }
  return lines.length > 0 ? [lines.map((line) => wrap(line, WIDTH, '  ')).join('\n')] : [];
}

/** A share in percent, with the digits that a person needs; all and nothing are only just that. */
export function percent(share: number): string {
  if (share > 0.995 && share < 1) return '>99 %';
  return `${share >= 0.1 ? Math.round(share * 100) : Number((share * 100).toPrecision(2))} %`;
}

export const percentOf = ({ share }: Chance): string => percent(share);

/** `0–0.2 %` */
function rangeOf({ interval: { low, high } }: Chance): string {
  const digits = (share: number): string =>
    share >= 0.1 ? String(Math.round(share * 100)) : String(Number((share * 100).toFixed(1)));
  return `${digits(low)}–${digits(high)} %`;
}

/** A number of samples in a few characters: `2,880`, `144k`, `1.2M`. */
function compact(samples: number): string {
  if (samples < 10_000) return grouped(samples);
  return samples < 1e6 ? `${Math.round(samples / 1000)}k` : `${significant(samples / 1e6)}M`;
}

/** A duration in one unit: `25m`, `17h`, `2.4d`. */
export function shortly(duration: Duration): string {
  if (duration < 2 * HOUR) return `${Math.round(duration / MINUTE)}m`;
  if (duration < 2 * DAY) return `${Math.round(duration / HOUR)}h`;
  return `${Number((duration / DAY).toPrecision(2))}d`;
}
