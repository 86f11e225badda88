import { describe, expect, it } from 'vitest';
import { forecast } from '../../src/decide/forecast.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { BUILT_IN_LADDERS } from '../../src/files/rollout/ladders.ts';
import type { Policy } from '../../src/model/config.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import { DAY, formatInstant, HOUR } from '../../src/time.ts';
import { NOW, rollout, status } from '../support/builders.ts';

const ALWAYS: Policy = {
  ...DEFAULT_CONFIG.policy,
  advance: {
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    hours: { from: 0, to: 1440 },
  },
};

const dates = (subject: Rollout, policy: Policy = ALWAYS, entryStart?: number) =>
  forecast(subject, policy, NOW, entryStart).map(
    ({ stage, at }) => `${stage.name} ${at === undefined ? 'never' : formatInstant(at)}`,
  );

const pending = rollout({ status: status() });

describe('the dates each stage will be reached on', () => {
  it('are the dwells one after the other', () => {
    expect(dates(pending)).toEqual([
      'internal 2026-12-08T10:00:00Z',
      'canary 2026-12-10T10:00:00Z',
      'early 2026-12-11T10:00:00Z',
      'full 2026-12-13T10:00:00Z',
    ]);
  });

  it('count from the start that the file names', () => {
    expect(dates({ ...pending, start: NOW + 10 * DAY })[0]).toBe('internal 2026-12-18T10:00:00Z');
    expect(dates({ ...pending, start: NOW - 10 * DAY })[0]).toBe('internal 2026-12-08T10:00:00Z');
  });

  it('count from when the present stage began', () => {
    expect(dates(rollout(), ALWAYS, NOW - 20 * HOUR)).toEqual([
      'early 2026-12-08T14:00:00Z',
      'full 2026-12-10T14:00:00Z',
    ]);
    expect(dates(rollout(), ALWAYS, NOW - 3 * DAY)[0]).toBe('early 2026-12-08T10:00:00Z');
  });

  it('count from a start that was moved while it progressed', () => {
    const moved = { ...rollout(), start: NOW + DAY };
    expect(dates(moved, ALWAYS, NOW - 3 * DAY)[0]).toBe('early 2026-12-10T10:00:00Z');
  });

  it('wait for the window and the end of a freeze', () => {
    const freezes = [
      { from: Date.parse('2026-12-14T00:00:00Z'), to: Date.parse('2026-12-16T00:00:00Z') },
    ];
    expect(dates(pending, { ...DEFAULT_CONFIG.policy, freezes })).toEqual([
      'internal 2026-12-08T10:00:00Z',
      'canary 2026-12-10T10:00:00Z',
      'early 2026-12-16T09:00:00Z', // Friday, then frozen
      'full 2026-12-21T09:00:00Z', // Friday
    ]);
  });

  it('are never where the rollout ends before', () => {
    expect(dates({ ...pending, end: Date.parse('2026-12-11T10:00:00Z') })).toEqual([
      'internal 2026-12-08T10:00:00Z',
      'canary 2026-12-10T10:00:00Z',
      'early never',
      'full never',
    ]);
    // The last stage is over by then, and a completed flag has no end.
    expect(dates({ ...pending, end: Date.parse('2026-12-20T10:00:00Z') })).toEqual(dates(pending));
  });

  it('are never where no window opens', () => {
    const shut = { ...ALWAYS, advance: { ...ALWAYS.advance, days: [] } };
    expect(dates(pending, shut)).toEqual([
      'internal never',
      'canary never',
      'early never',
      'full never',
    ]);
  });

  it('are none for what does not move by itself', () => {
    for (const phase of ['paused', 'rolled-back', 'degraded', 'completed'] as const) {
      expect(dates(rollout({ status: status({ phase, stage: 'canary' }) }))).toEqual([]);
    }
    expect(dates(rollout({ kill: true }))).toEqual([]);
  });

  it('of quick are within 48 hours', () => {
    const stages = BUILT_IN_LADDERS.quick ?? [];
    expect(dates({ ...pending, stages }).at(-1)).toBe('full 2026-12-10T10:00:00Z');
  });
});
