import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatMoment } from '../../src/tell/moment.ts';

it.each([
  ['2026-12-07T09:00:00Z', 'UTC', 'Mon 7 Dec 2026, 09:00 UTC'],
  ['2026-09-06T23:05:59Z', 'UTC', 'Sun 6 Sept 2026, 23:05 UTC'],
  ['2026-12-07T09:00:00Z', 'Europe/Berlin', 'Mon 7 Dec 2026, 10:00 CET'],
  ['2026-07-07T22:30:00Z', 'Europe/Berlin', 'Wed 8 Jul 2026, 00:30 CEST'],
  ['2026-12-31T23:00:00Z', 'Asia/Kolkata', 'Fri 1 Jan 2027, 04:30 GMT+5:30'],
])('%s in %s is %s', (at, timezone, text) => {
  expect(formatMoment(Date.parse(at), timezone)).toBe(text);
});

it('says what Intl says in British English', () => {
  const min = new Date('1971-01-01T00:00:00Z');
  const max = new Date('2099-12-31T00:00:00Z');
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), zone, (at, timeZone) => {
      const parts = new Intl.DateTimeFormat('en-GB', {
        timeZone,
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        timeZoneName: 'short',
      }).formatToParts(at);
      const of = (type: string) => parts.find((part) => part.type === type)?.value;
      expect(formatMoment(at.getTime(), timeZone)).toBe(
        `${of('weekday')} ${of('day')} ${of('month')} ${of('year')}, ${of('hour')}:${of('minute')} ${of('timeZoneName')}`,
      );
    }),
  );
});
