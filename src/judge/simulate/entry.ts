import { type Duration, MINUTE } from '../../time.ts';
import { BEFORE } from '../counts/plan.ts';
import { add, isBreached, readAll, startAll, type Tests } from '../sequential/sequential.ts';
import type { CountedInterval, EventCounts, SampleSums } from '../sequential/spec.ts';
import { draw, eventsTable, sampleSums, type Table } from './draw.ts';
import { type Looks, looksOver } from './looks.ts';
import type { Random } from './random.ts';
import type { Watch } from './watch.ts';

/** What came of one simulated stay in a stage. */
export interface PlayedEntry {
  /** When a breach was proven, since the evidence began; absent where none was. */
  readonly breachAt?: Duration;
  readonly warned: boolean;
  /** Whether every limit was proven to be kept, by the end. */
  readonly proven: boolean;
}

/** Everything that is the same for all stays at one level: made once, run often. */
export interface Ground {
  readonly watch: Watch;
  readonly looks: Looks;
  readonly treatment: Arm;
  readonly control?: Arm;
}

/** Counts one arm's samples of an interval. */
type Arm = (samples: number, random: Random) => EventCounts | SampleSums;

/** Lays out the stays of a watch whose treatment is at a level. */
export function groundOf(watch: Watch, level: number, length: Duration = watch.length): Ground {
  const rates = { treatment: watch.treatment / MINUTE, control: watch.control / MINUTE };
  return {
    watch,
    looks: looksOver(watch.control > 0 ? BEFORE : 0, length, rates),
    treatment: armOf(watch, level),
    ...(watch.control > 0 ? { control: armOf(watch, watch.health.level) } : {}),
  };
}

function armOf({ check, health, dispersion }: Watch, level: number): Arm {
  if (check.metric.kind === 'mean') {
    const deviation = (health.deviation ?? health.level) * (level / health.level);
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
 * One stay in a stage, told to the same tests that a tick asks, look by look. The first breach ends
 * it, as a rollback would.
 */
export function stay(ground: Ground, random: Random): PlayedEntry {
  const { watch, looks, treatment, control } = ground;
  const tests = startAll(
    watch.spec,
    watch.asked.map(({ edge }) => edge),
  );
  const broken = (level: 'breach' | 'warn'): boolean =>
    watch.asked.some((each, index) => each.level === level && isBreached(tests, index));
  for (let look = 0; look < looks.to.length; look += 1) {
    const from = looks.from[look] ?? 0;
    const interval: CountedInterval = {
      from,
      to: looks.to[look] ?? 0,
      ...(from < 0 ? {} : { treatment: treatment(looks.treatment[look] ?? 0, random) }),
      ...(control ? { control: control(looks.control[look] ?? 0, random) } : {}),
    };
    add(tests, interval);
    if (broken('breach')) {
      return { breachAt: interval.to, warned: broken('warn'), proven: false };
    }
  }
  return { warned: broken('warn'), proven: watch.check.proof && isProven(watch, tests) };
}

/** Whether every limit is proven to be kept. */
function isProven({ asked }: Watch, tests: Tests): boolean {
  const readings = readAll(tests);
  return asked.every(
    ({ level }, index) => level === 'warn' || readings[index]?.verdict === 'inside',
  );
}
