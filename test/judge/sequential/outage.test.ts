import { expect, it } from 'vitest';
import { judgeIntervals } from '../../../src/judge/sequential/sequential.ts';
import type { CountedInterval, EventCounts } from '../../../src/judge/sequential/spec.ts';
import { DAY, HOUR, MINUTE } from '../../../src/time.ts';

/** Fifty quiet hours, and an outage that both arms share. */
function outage(minutes: number): readonly CountedInterval<EventCounts>[] {
  const counted = (from: number, length: number, share: number): CountedInterval<EventCounts> => {
    const requests = (perMinute: number) => (perMinute * length) / MINUTE;
    const arm = (total: number) => ({ events: Math.round(total * share), total });
    return { from, to: from + length, treatment: arm(requests(150)), control: arm(requests(950)) };
  };
  const quiet = Array.from({ length: 50 }, (_, i) => counted((i - 24) * HOUR, HOUR, 0.002));
  const bad = Array.from({ length: minutes / 5 }, (_, i) =>
    counted(26 * HOUR + i * 5 * MINUTE, 5 * MINUTE, 0.031),
  );
  return [...quiet, ...bad];
}

it('an outage of the control is no clustering: the absolute limit is held to all the same', () => {
  const edge = { side: 'upper', against: 'level', level: 0.01 } as const;
  const spec = { metric: 'proportion', edge, alpha: 0.002, confidence: 0.95, from: 0 } as const;
  const reading = judgeIntervals({ ...spec, planned: 4 * DAY }, outage(20));
  expect(reading.verdict).toBe('breach');
  expect(reading.dispersion).toBeLessThan(2);
});
