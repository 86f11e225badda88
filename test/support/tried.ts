import { judgeTrial } from '../../src/judge/trials/judge.ts';
import { planTrial } from '../../src/judge/trials/plan.ts';
import type { TrialVerdict } from '../../src/judge/trials/verdict.ts';
import type { Answer, Grid, Question } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Experiment, Trial } from '../../src/model/trial.ts';
import { DAY, type Duration, HOUR, MINUTE } from '../../src/time.ts';
import { answerByCounts, answerByLevel, answering, queriesIn } from './answers.ts';
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
 * What a query counts in a minute, by the minutes since the entry began; below 0: before it.
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

/** Plans a trial, answers as the world says, and judges. Queries that it lacks find nothing. */
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
  const isDown = (query: string): boolean => more.down !== undefined && query.includes(more.down);
  const answer = (question: Question): Answer => {
    if (queriesIn(question).some(isDown)) {
      return { kind: 'unavailable', reason: 'timeout', detail: 'no answer' };
    }
    if (question.kind === 'value' || question.kind === 'series') {
      const value = world[question.query];
      return answerByLevel(question, () => (typeof value === 'number' ? value : undefined));
    }
    if (question.kind === 'matched') throw new Error('a trial asks about no zero');
    return answerByCounts(question, (query) =>
      Object.entries(world).flatMap(([key, counting]) => {
        const [name, le] = key.split(' le=');
        const counter = { count: countFrom(counting, question, entryStart) };
        return name !== query ? [] : [le === undefined ? counter : { ...counter, le }];
      }),
    );
  };
  const lookup = answering(answer);
  return judgeTrial(plan, ({ question }) => lookup(question));
}

/** How far a counter has counted at the moments of a grid, one after the other. */
function countFrom(counting: Counting | number, { from, step }: Grid, start: number) {
  const by = typeof counting === 'number' ? () => counting : counting;
  let value = 1_000;
  let minute = Math.round((from - start) / MINUTE);
  return () => {
    const now = by(minute) === undefined ? undefined : value;
    for (let i = 0; i < step / MINUTE; i += 1, minute += 1) value += by(minute) ?? 0;
    return now;
  };
}

/** From so many hours after the entry began on. */
export const fromHour =
  (hours: number, before: number, after: number): Counting =>
  (minute) =>
    minute < (hours * HOUR) / MINUTE ? before : after;
