import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { commitMessage } from '../../src/tell/commit.ts';
import { paintFor } from '../../src/tell/paint.ts';
import { revertBody } from '../../src/tell/revert.ts';
import { reviewText } from '../../src/tell/review.ts';
import { renderStatus } from '../../src/tell/status.ts';
import { trialFields, trialLines } from '../../src/tell/trials.ts';
import { DAY, HOUR } from '../../src/time.ts';
import {
  assessment,
  mean,
  move,
  NOW,
  proportion,
  rollout,
  stage,
  status,
} from '../support/builders.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { experiment, tried, trying } from '../support/tried.ts';

const clicks = proportion({
  name: 'clicks',
  events: 'clicks {{variant}}',
  total: 'visits {{variant}}',
});
const trial = experiment({ others: [clicks] });
const WORLD = {
  'orders off': 5,
  'visits off': 10,
  'visits on': 10,
  'clicks off': 8,
  'clicks on': 4,
};
const lost = tried(trial, { ...WORLD, 'orders on': 4.7 }, DAY);
const open = tried(trial, { ...WORLD, 'orders on': 5.1 }, 8 * HOUR);

const back = move({
  rollout: trying(trial),
  action: 'rollback',
  to: 'canary',
  why: lost.text,
  verdicts: [],
  trial: lost,
});

describe('a trial in words', () => {
  it('is the evidence of the commit that it leads to', () => {
    const message = commitMessage([back]);
    expect(message).toMatch(
      /Why: A wins: conversion is 47 % in B against 50 % in A, -4\.15 to -1\.85/,
    );
    expect(message).toMatch(/^ {2}experiment: clicks, which decides nothing: 40 % in B/m);
    expect(message.match(/A wins/g)).toHaveLength(1);
    expect(evidenceHolds(message)).toBe(true);
  });

  it('is in the revert that people are asked to merge, without an empty table', () => {
    const body = revertBody(back);
    expect(body).toMatch(/\*\*Why:\*\* A wins: conversion is 47 % in B/);
    expect(body).toMatch(/^- experiment: clicks, which decides nothing/m);
    expect(body).not.toContain('| Check |');
  });

  it('that is open is shown with what it waits for', () => {
    const why = { code: 'trial', text: open.text } as const;
    const decision = { kind: 'hold', why, until: NOW + DAY, tell: false } as const;
    const seen = assessment({ rollout: trying(trial), decision, trial: open });
    const text = renderStatus([seen], paintFor(false));
    expect(text).toMatch(
      /next: full \(everyone\) if the verdict is for it, due by Wed 9 Dec 2026, 10:00 UTC; no verdict yet: conversion is 51 % in B against 50 % in A, -\d\.\d+ to \+\d\.\d+ points, 95 % sure; of the samples planned A has 4,800 of 9,806/,
    );
    expect(text.match(/no verdict yet/g)).toHaveLength(1);
  });

  it('is nothing where there is none', () => {
    expect(trialLines(undefined)).toEqual([]);
    expect(trialFields(undefined)).toBeNull();
  });

  it('has numbers for machines, and null for what is not known', () => {
    expect(trialFields(lost)).toMatchObject({
      kind: 'experiment',
      says: 'a-wins',
      does: 'rollback',
      why: 'significant',
      samples: { a: 14_400, b: 14_400 },
      planned: { a: 9806, b: 9806 },
      progress: 1,
      comparison: { a: 0.5, b: expect.closeTo(0.47, 9), confidence: 0.95 },
      others: [
        { metric: 'clicks', comparison: { a: expect.closeTo(0.8, 9), b: expect.closeTo(0.4, 9) } },
      ],
    });
    const unknown = trialFields(tried(trial, {}, DAY));
    expect(unknown).toMatchObject({ planned: null, baseline: null, comparison: null });
    expect(JSON.parse(JSON.stringify(unknown))).toEqual(unknown);
  });
});

describe('the plan in a review', () => {
  const planOf = (subject: ReturnType<typeof trying>): string =>
    reviewText({
      problems: [],
      rollouts: [subject],
      files: 1,
      policy: DEFAULT_CONFIG.policy,
      configChanged: false,
      now: NOW,
    });

  it('says what an experiment takes, at several levels where none is known', () => {
    expect(planOf(trying(trial))).toContain(
      'ab asks whether conversion is higher in B; to see 2 points, 80 % of the time at 95 % confidence, takes 719 samples an arm where it is 1 %, 2,199 samples an arm where it is 5 %, 6,508 samples an arm where it is 20 %, 9,806 samples an arm where it is 50 %; it ends after 7d at the latest',
    );
  });

  it('says it for the level that the metric is known to have, and for unlike arms', () => {
    const known = { ...trial.metric, baseline: { kind: 'value', value: 0.5 } as const };
    expect(planOf(trying(experiment({ metric: known, ratio: 0.25 })))).toContain(
      'takes 24,515 samples of A and 6,129 of B where it is 50 %; it ends',
    );
  });

  it('says it of a mean by how far it varies', () => {
    const basket = mean({ name: 'basket' });
    expect(
      planOf(trying(experiment({ metric: basket, minEffect: { kind: 'relative', by: 0.05 } }))),
    ).toContain(
      'to see 5 % of the control, 80 % of the time at 95 % confidence, takes 16 samples an arm where it varies by 1 × that, 142 samples',
    );
  });

  it('says what a shadow is judged by, and how much is mirrored', () => {
    const shadow = {
      kind: 'shadow',
      agreement: clicks,
      errors: clicks,
      latency: {
        ...clicks,
        kind: 'distribution',
        quantile: 0.95,
        from: { kind: 'buckets', buckets: 'b' },
      },
      rule: { agreement: 0.9 },
    } as const;
    const subject = rollout({
      stages: [stage('ab', { shadow: true, mirror: 0.1 }), stage('full', { percentage: 100 })],
      trials: new Map([['ab', shadow]]),
      status: status(),
    });
    const text = planOf(subject);
    expect(text).toContain('nobody \\(10 % of traffic mirrored\\)');
    expect(text).toContain(
      'ab takes 1,000 answers on each side, of which 90 % agree, with a p95 below 1.5 × and errors below 2 × the control',
    );
  });
});
