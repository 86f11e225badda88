import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approximateDuration,
  DAY,
  formatDuration,
  formatInstant,
  HOUR,
  MINUTE,
  parseDuration,
  parseInstant,
  SECOND,
  WEEK,
} from '../src/time.ts';

describe('a duration', () => {
  it.each([
    ['30s', 30 * SECOND],
    ['10m', 10 * MINUTE],
    ['24h', DAY],
    ['2d', 2 * DAY],
    ['1w', WEEK],
    ['0s', 0],
  ])('%s', (text, duration) => {
    expect(parseDuration(text)).toBe(duration);
  });

  it.each(['', '10', 'm', '1.5h', '-1h', '1 h', '1h30m', '10M', '1y', '1000000000s', '1h '])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [36 * HOUR, '36h'],
    [2 * DAY, '2d'],
    [14 * DAY, '14d'],
    [90 * MINUTE, '90m'],
    [90 * SECOND, '90s'],
    [0, '0s'],
  ])('is written as people would', (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });

  it('is read back as it was written, in whole seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * SECOND))).toBe(seconds * SECOND);
      }),
    );
  });

  it.each([
    [2 * DAY + 3 * HOUR + 5 * MINUTE, '2d 3h'],
    [2 * DAY + 5 * MINUTE, '2d'],
    [45 * MINUTE, '45m'],
    [61 * SECOND, '1m 1s'],
    [999, '0s'],
    [0, '0s'],
    [-90 * MINUTE, '-1h 30m'],
  ])('is told in two units at most', (duration, text) => {
    expect(approximateDuration(duration)).toBe(text);
  });
});

describe('an instant', () => {
  it.each([
    ['2026-12-01', '2026-12-01T00:00:00Z'],
    ['2026-12-01T09:00', '2026-12-01T09:00:00Z'],
    ['2026-12-01 09:00:30', '2026-12-01T09:00:30Z'],
    ['2026-12-01T09:00:00Z', '2026-12-01T09:00:00Z'],
    ['2026-12-01T09:00:00.123456789Z', '2026-12-01T09:00:00Z'],
    ['2026-12-01T09:00:00+01:00', '2026-12-01T08:00:00Z'],
    ['2026-12-01T09:00:00+0130', '2026-12-01T07:30:00Z'],
    ['2026-12-01 09:00-08:00', '2026-12-01T17:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
  ])('%s is %s', (text, instant) => {
    const read = parseInstant(text);
    expect(read === undefined ? undefined : formatInstant(read)).toBe(instant);
  });

  it.each([
    '2026-02-29',
    '2026-02-30',
    '2026-04-31T10:00:00Z',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '2026-12-01T25:00',
    '2026-12-01T09:60',
    '2026-12-01T09:00:60Z',
    '2026-12-01T09:00:00+99:00',
    '2026-12-01T09:00:00+01:99',
    'tomorrow',
    '2026-1-1',
    '20261201',
    '2026-12-01T09',
    ' 2026-12-01',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('is read back as it was written', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseInstant(formatInstant(second * SECOND))).toBe(second * SECOND);
      }),
    );
  });
});
