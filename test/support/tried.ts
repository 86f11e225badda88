import { judgeTrial } from '../../src/judge/trials/judge.ts';
import { planTrial, type TrialQuestion } from '../../src/judge/trials/plan.ts';
import type { TrialVerdict } from '../../src/judge/trials/verdict.ts';
import type { Answer, CountersAnswer, CountersQuery } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Experiment, Trial } from '../../src/model/trial.ts';
import { counterOf } from '../../src/providers/counter.ts';
import { DAY, type Duration, HOUR, MINUTE } from '../../src/time.ts';
import { NOW, proportion, rollout, stage, status } from './builders.ts';

const conversion = proportion({
  name: 'conversion',
  events: 'orders {{variant}}',
  total: 'visits {{variant}}',
});

/** Whether two points more of the visits order: A/B at even shares. */
export const experiment = (more: Partial<Experiment> = {}): Experiment => ({
  kind: 'experiment',
  metric: conversion,
  others: [],
  segments: [],
  minEffect: { kind: 'absolute', by: 0.02 },
  better: 'more',
  confidence: 0.95,
  power: 0.8,
  onTie: 'advance',
  onInconclusive: 'pause',
  ratio: 1,
  ...more,
});

/**
 * What an expression counts in a minute, by the minutes since the entry began; below 0: before it.
 * Nothing while its counter is not there yet.
 */
export type Counting = (minute: number) => number | undefined;

/** What the metrics would tell, by the text of their queries; a number is counted every minute. */
export type TriedWorld = Readonly<Record<string, Counting | number>>;

/** A rollout in its stage `ab`, at half of all users unless it is a shadow's. */
export function trying(trial: Trial, duration: Duration = DAY): Rollout {
  const half = trial.kind === 'shadow' ? { shadow: true } : { percentage: 50 };
  return rollout({
    stages: [
      stage('canary', { percentage: 1 }),
      stage('ab', { ...half, duration, maxDuration: 7 * duration }),
      stage('full', { percentage: 100 }),
    ],
    trials: new Map([['ab', trial]]),
    status: status({ phase: 'progressing', stage: 'ab' }),
  });
}

/** Plans a trial, answers as the world says, and judges. Expressions that it lacks find nothing. */
export function tried(
  trial: Trial,
  world: TriedWorld,
  age: Duration,
  more: { readonly duration?: Duration; readonly down?: string } = {},
): TrialVerdict {
  const entryStart = NOW - age;
  const plan = planTrial({
    rollout: trying(trial, more.duration),
    now: NOW,
    entryStart,
    settle: 0,
    escapeFor: () => (value) => value,
  });
  if (!plan) throw new Error('no trial');
  const isDown = (expression: string): boolean =>
    more.down !== undefined && expression.includes(more.down);
  const unavailable = { kind: 'unavailable', reason: 'timeout', detail: 'no answer' } as const;
  return judgeTrial(plan, {
    series: ({ query }): Answer => {
      if (isDown(query.expression)) return unavailable;
      const value = world[query.expression];
      const points = typeof value === 'number' ? [{ at: NOW, value }] : [];
      return { kind: 'series', points, warnings: [] };
    },
    counters: ({ query }: TrialQuestion<CountersQuery>): CountersAnswer => {
      if (query.expressions.some(isDown)) return unavailable;
      const found = query.expressions.map((expression) => {
        const counts = Object.keys(world).filter((key) => key.split(' le=')[0] === expression);
        return counts.map((key) => {
          const labels = key.includes(' le=') ? { le: key.split(' le=')[1] ?? '' } : {};
          return counterOf(labels, pointsOf(world[key] ?? 0, query, entryStart), query);
        });
      });
      return { kind: 'counters', found, warnings: [] };
    },
  });
}

function pointsOf(counting: Counting | number, query: CountersQuery, start: number) {
  const by = typeof counting === 'number' ? () => counting : counting;
  const points: { at: number; value: number }[] = [];
  let value = 1_000;
  let minute = Math.round((query.from - start) / MINUTE);
  for (let at = query.from; at <= query.to; at += query.step) {
    if (by(minute) !== undefined) points.push({ at, value });
    for (let i = 0; i < query.step / MINUTE; i += 1, minute += 1) value += by(minute) ?? 0;
  }
  return points;
}

/** From so many hours after the entry began on. */
export const fromHour =
  (hours: number, before: number, after: number): Counting =>
  (minute) =>
    minute < (hours * HOUR) / MINUTE ? before : after;
