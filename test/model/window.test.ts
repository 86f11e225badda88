import { TZDate } from '@date-fns/tz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import type { Day, Policy } from '../../src/model/config.ts';
import { nextOpening, windowAt } from '../../src/model/window.ts';
import { DAY, formatInstant, MINUTE } from '../../src/time.ts';

interface When {
  readonly zone?: string;
  readonly days?: string;
  readonly hours?: string;
  /** Pairs of instants. */
  readonly freezes?: readonly (readonly [string, string])[];
}

const minutes = (time: string): number => {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
};

function policy({ zone = 'UTC', days = 'mon tue wed thu', hours = '09:00-16:00', freezes }: When) {
  const [from = '', to = ''] = hours.split('-');
  return {
    ...DEFAULT_CONFIG.policy,
    timezone: zone,
    advance: {
      days: days.split(' ') as Day[],
      hours: { from: minutes(from), to: minutes(to) },
    },
    freezes: (freezes ?? []).map(([start, end]) => ({
      from: Date.parse(start),
      to: Date.parse(end),
    })),
  } satisfies Policy;
}

const EVERY_DAY = 'mon tue wed thu fri sat sun';

/** `open`, or why it is closed and when it opens. */
function at(now: string, when: When): string {
  const window = windowAt(Date.parse(now), policy(when));
  if (window.kind === 'open') return 'open';
  return `${window.why} until ${window.opens === undefined ? 'never' : formatInstant(window.opens)}`;
}

describe('hours and days', () => {
  it.each([
    ['the first minute', '2026-12-08T09:00:00Z', 'open'],
    ['the last moment', '2026-12-08T15:59:59Z', 'open'],
    ['the minute after', '2026-12-08T16:00:00Z', 'hours until 2026-12-09T09:00:00Z'],
    ['before it opens', '2026-12-08T08:59:59Z', 'hours until 2026-12-08T09:00:00Z'],
    ['Thursday evening', '2026-12-10T20:00:00Z', 'hours until 2026-12-14T09:00:00Z'],
    ['Friday at ten', '2026-12-11T10:00:00Z', 'hours until 2026-12-14T09:00:00Z'],
    ['Sunday', '2026-12-13T10:00:00Z', 'hours until 2026-12-14T09:00:00Z'],
  ])('by default, %s', (_, now, state) => {
    expect(at(now, {})).toBe(state);
  });

  it.each([
    ['in the evening of its day', '2026-12-07T22:00:00Z', 'open'],
    ['after midnight', '2026-12-08T03:59:00Z', 'open'],
    ['when it is over', '2026-12-08T04:00:00Z', 'hours until 2026-12-14T22:00:00Z'],
    [
      'in the small hours of its own day',
      '2026-12-07T01:00:00Z',
      'hours until 2026-12-07T22:00:00Z',
    ],
    ['on the evening after', '2026-12-08T22:30:00Z', 'hours until 2026-12-14T22:00:00Z'],
  ])('past midnight the window belongs to the day it opened on: %s', (_, now, state) => {
    expect(at(now, { days: 'mon', hours: '22:00-04:00' })).toBe(state);
  });

  it.each([
    ['the last minute of the day', '2026-12-08T23:59:59Z', 'open'],
    [
      'midnight of a day that is not one',
      '2026-12-09T00:00:00Z',
      'hours until 2026-12-15T18:00:00Z',
    ],
  ])('a window may end at 24:00: %s', (_, now, state) => {
    expect(at(now, { days: 'tue', hours: '18:00-24:00' })).toBe(state);
  });

  it('a window of a whole day is open all day', () => {
    expect(at('2026-12-08T00:00:00Z', { hours: '00:00-24:00' })).toBe('open');
    expect(at('2026-12-08T23:59:59Z', { hours: '00:00-24:00' })).toBe('open');
  });

  it('is the hours of the policy’s own zone', () => {
    const berlin = { zone: 'Europe/Berlin' };
    expect(at('2026-12-08T08:00:00Z', berlin)).toBe('open');
    expect(at('2026-12-08T15:00:00Z', berlin)).toBe('hours until 2026-12-09T08:00:00Z');
    // Monday in Auckland begins on Sunday.
    expect(at('2026-12-06T20:00:00Z', { zone: 'Pacific/Auckland' })).toBe('open');
  });
});

describe('freezes', () => {
  const christmas: readonly [string, string] = ['2026-12-21T00:00:00Z', '2027-01-04T00:00:00Z'];

  it('hold from the first moment to the last, and open with the hours after', () => {
    expect(at('2026-12-17T15:59:00Z', { freezes: [christmas] })).toBe('open');
    expect(at('2026-12-21T10:00:00Z', { freezes: [christmas] })).toBe(
      'freeze until 2027-01-04T09:00:00Z',
    );
    expect(at('2027-01-04T09:00:00Z', { freezes: [christmas] })).toBe('open');
  });

  it('are named where there are two reasons at once', () => {
    expect(at('2026-12-26T10:00:00Z', { freezes: [christmas] })).toMatch(/^freeze/);
  });

  it('that touch or overlap are one', () => {
    const freezes = [
      ['2026-12-08T12:00:00Z', '2026-12-09T10:00:00Z'],
      ['2026-12-09T10:00:00Z', '2026-12-09T11:00:00Z'],
      ['2026-12-09T10:30:00Z', '2026-12-10T15:00:00Z'],
    ] as const;
    expect(at('2026-12-08T13:00:00Z', { freezes })).toBe('freeze until 2026-12-10T15:00:00Z');
    expect(at('2026-12-08T13:00:00Z', { freezes: freezes.toReversed() })).toBe(
      'freeze until 2026-12-10T15:00:00Z',
    );
  });

  it('look ahead: the next opening is not inside another one', () => {
    const freezes = [['2026-12-09T00:00:00Z', '2026-12-09T12:00:00Z']] as const;
    expect(at('2026-12-08T17:00:00Z', { freezes })).toBe('hours until 2026-12-09T12:00:00Z');
  });

  it('may leave a window between them', () => {
    const freezes = Array.from({ length: 20 }, (_, day) => {
      const start = Date.parse('2026-12-07T08:00:00Z') + day * DAY;
      return [formatInstant(start), formatInstant(start + 9 * 60 * MINUTE)] as const;
    });
    expect(at('2026-12-07T10:00:00Z', { freezes })).toBe('freeze until 2026-12-28T09:00:00Z');
  });
});

describe('when the clocks change', () => {
  it.each([
    // Berlin, 29 March 2026: 02:00 becomes 03:00. A window that would open in the gap opens after it.
    ['Europe/Berlin', '02:30-06:00', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['America/New_York', '02:15-06:00', '2026-03-08T05:00:00Z', '2026-03-08T07:00:00Z'],
    // Lord Howe moves by half an hour, 4 October 2026.
    ['Australia/Lord_Howe', '02:15-06:00', '2026-10-03T14:00:00Z', '2026-10-03T15:30:00Z'],
    // The day after is as long as the rules of its zone say.
    ['Europe/Berlin', '09:00-16:00', '2026-03-28T20:00:00Z', '2026-03-29T07:00:00Z'],
    ['Europe/Berlin', '09:00-16:00', '2026-10-24T20:00:00Z', '2026-10-25T08:00:00Z'],
    // 25 October 2026: 03:00 becomes 02:00 again, and 02:30 comes twice.
    ['Europe/Berlin', '02:30-06:00', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z'],
    // A window that the clock leaves and enters again.
    ['Europe/Berlin', '01:00-02:30', '2026-10-25T00:45:00Z', '2026-10-25T01:00:00Z'],
    // Beirut has no midnight on 29 March 2026.
    ['Asia/Beirut', '00:00-05:00', '2026-03-28T20:00:00Z', '2026-03-28T22:00:00Z'],
  ])('%s, %s: from %s it opens at %s', (zone, hours, now, opens) => {
    const next = nextOpening(Date.parse(now), policy({ zone, hours, days: EVERY_DAY }));
    expect(next === undefined ? 'never' : formatInstant(next)).toBe(opens);
  });
});

/** An independent reading of the rule, a minute at a time. */
function isOpen(now: number, when: When): boolean {
  const { advance, timezone, freezes } = policy(when);
  if (freezes.some(({ from, to }) => now >= from && now < to)) return false;
  const local = new TZDate(now, timezone);
  const minute = local.getHours() * 60 + local.getMinutes();
  const { from, to } = advance.hours;
  const dayOf = (shift: number): boolean => {
    const name = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(local.getDay() + shift) % 7];
    return advance.days.some((day) => day === name);
  };
  if (from < to) return dayOf(0) && minute >= from && minute < to;
  return (dayOf(0) && minute >= from) || (dayOf(6) && minute < to);
}

const CHANGES = [
  '2026-03-28T00:00:00Z',
  '2026-10-24T00:00:00Z',
  '2026-03-07T12:00:00Z',
  '2026-10-31T12:00:00Z',
  '2026-10-03T00:00:00Z',
  '2026-04-04T00:00:00Z',
  '2026-12-09T00:00:00Z',
];
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const quarter = fc.integer({ min: 0, max: 95 }).map((quarters) => quarters * 15);

it('finds the first open minute there is', () => {
  const when = fc.record({
    zone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Beirut',
      'Asia/Kathmandu',
    ),
    days: fc.subarray(EVERY_DAY.split(' '), { minLength: 1 }).map((days) => days.join(' ')),
    hours: fc.tuple(quarter, quarter).map(([from, to]) => `${clock(from)}-${clock(to || 1440)}`),
    freezes: fc.array(
      fc
        .tuple(fc.constantFrom(...CHANGES), fc.nat(2 * 96), fc.integer({ min: 1, max: 96 }))
        .map(([start, quarters, length]) => {
          const from = Date.parse(start) + quarters * 15 * MINUTE;
          return [formatInstant(from), formatInstant(from + length * 15 * MINUTE)] as const;
        }),
      { maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(when, fc.constantFrom(...CHANGES), fc.nat(2 * 1440), (when, start, minute) => {
      const now = Date.parse(start) + minute * MINUTE;
      const next = nextOpening(now, policy(when));
      expect(next).toBeDefined();
      if (next === undefined) return;
      expect(next).toBeGreaterThanOrEqual(now);
      expect(isOpen(next, when)).toBe(true);
      const last = Math.min(next, now + 2 * DAY);
      for (let at = now; at < last; at += 5 * MINUTE) {
        if (isOpen(at, when))
          expect.fail(`${formatInstant(at)} is open before ${formatInstant(next)}`);
      }
    }),
    { numRuns: 250 },
  );
});
