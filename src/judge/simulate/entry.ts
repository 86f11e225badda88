import { type Duration, MINUTE } from '../../time.ts';
import { BEFORE } from '../counts-plan.ts';
import { add, breached, read, type SequentialTest, start } from '../sequential/sequential.ts';
import type { Counts, Interval, Moments } from '../sequential/spec.ts';
import { draw, eventsTable, sampleSums, type Table } from './draw.ts';
import { type Looks, looksOver } from './looks.ts';
import type { Random } from './random.ts';
import type { Trial } from './trial.ts';

/** What came of one simulated stay in a stage. */
export interface Outcome {
  /** When a breach was proven, since the evidence began; absent where none was. */
  readonly breachAt?: Duration;
  readonly warned: boolean;
  /** Whether every limit was proven to be kept, by the end. */
  readonly proven: boolean;
}

/** Everything that is the same for all stays at one level: made once, run often. */
export interface Ground {
  readonly trial: Trial;
  readonly looks: Looks;
  readonly treatment: Arm;
  readonly control?: Arm;
}

/** Counts one arm's samples of an interval. */
type Arm = (samples: number, random: Random) => Counts | Moments;

/** Lays out the stays of a trial whose treatment is at a level. */
export function groundOf(trial: Trial, level: number, length: Duration = trial.length): Ground {
  const rates = { treatment: trial.treatment / MINUTE, control: trial.control / MINUTE };
  return {
    trial,
    looks: looksOver(trial.control > 0 ? BEFORE : 0, length, rates),
    treatment: armOf(trial, level),
    ...(trial.control > 0 ? { control: armOf(trial, trial.health.level) } : {}),
  };
}

function armOf({ check, health, dispersion }: Trial, level: number): Arm {
  if (check.metric.kind === 'mean') {
    const deviation = health.deviation * (level / health.level);
    return (count, random) => ({
      count,
      ...sampleSums(count, level, deviation, dispersion, random),
    });
  }
  const tables = new Map<number, Table>();
  return (total, random) => {
    let table = tables.get(total);
    if (table === undefined) {
      table = eventsTable(total, level, dispersion);
      tables.set(total, table);
    }
    return { events: draw(table, random), total };
  };
}

/**
 * One stay in a stage, told to the same tests that a tick asks, look by look.
 *
 * @param stop ends it at the first breach, as a rollback would; otherwise it goes to the end
 */
export function stay(ground: Ground, random: Random): Outcome {
  const { trial, looks, treatment, control } = ground;
  const tests = (level: 'breach' | 'warn'): readonly SequentialTest[] =>
    trial.asked
      .filter((each) => each.level === level)
      .map(({ edge }) => start({ ...trial.spec, edge }));
  const limits = tests('breach');
  const warnings = tests('warn');
  const all = [...limits, ...warnings];
  for (let look = 0; look < looks.to.length; look += 1) {
    const from = looks.from[look] ?? 0;
    const interval: Interval = {
      from,
      to: looks.to[look] ?? 0,
      ...(from < 0 ? {} : { treatment: treatment(looks.treatment[look] ?? 0, random) }),
      ...(control ? { control: control(looks.control[look] ?? 0, random) } : {}),
    };
    for (const test of all) add(test, interval);
    if (limits.some(breached)) {
      return { breachAt: interval.to, warned: warnings.some(breached), proven: false };
    }
  }
  return {
    warned: warnings.some(breached),
    proven: trial.check.proof && limits.every((test) => read(test).verdict === 'inside'),
  };
}
