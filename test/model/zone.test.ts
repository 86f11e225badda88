import { TZDate } from '@date-fns/tz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, isTimezone, localTime } from '../../src/model/zone.ts';

const moment = fc
  .date({
    min: new Date('1971-01-01T00:00:00Z'),
    max: new Date('2099-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.getTime());

describe('a moment in a time zone', () => {
  it('is in UTC what it is in the zone that Intl knows by another name', () => {
    fc.assert(
      fc.property(moment, (at) => {
        const { offset, ...utc } = localTime(at, 'UTC');
        const { offset: same, ...other } = localTime(at, 'Etc/UTC');
        expect(utc).toEqual(other);
        expect(offset).toBeCloseTo(same);
      }),
    );
  });

  it('is what clocks in Berlin say', () => {
    expect(localTime(Date.parse('2026-12-31T23:30:00Z'), 'Europe/Berlin')).toEqual({
      year: 2027,
      month: 0,
      date: 1,
      day: 5,
      hours: 0,
      minutes: 30,
      offset: -60,
    });
  });
});

describe('a local date and time', () => {
  it('is the moment that says so, also days past the end of a month', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York');
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(moment, fc.nat(60), minutes, zone, (at, ahead, after, timezone) => {
        const { year, month, date } = localTime(at, timezone);
        const there = instantOf({ year, month, date: date + ahead }, after, timezone);
        const hours = Math.floor(after / 60);
        const expected = new TZDate(year, month, date + ahead, hours, after % 60, timezone);
        expect(there).toBe(expected.getTime());
      }),
    );
  });
});

it.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['Mars/Olympus', false],
  ['', false],
])('%s is a time zone: %s', (name, known) => {
  expect(isTimezone(name)).toBe(known);
});
