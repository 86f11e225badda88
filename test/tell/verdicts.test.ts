import { expect, it } from 'vitest';
import type { Evidence, InsufficientReason, Tested, Verdict } from '../../src/model/verdict.ts';
import { describeVerdict, limitOf } from '../../src/tell/verdicts.ts';
import { MINUTE } from '../../src/time.ts';
import {
  blind,
  breach,
  check,
  lacking,
  NOW,
  pass,
  proportion,
  warning,
} from '../support/builders.ts';

const ratio = { check: check({ metric: proportion() }) };

const withEvidence = (verdict: Verdict, evidence: Partial<Evidence>): Verdict => ({
  ...verdict,
  ...ratio,
  evidence: { ...verdict.evidence, ...evidence },
});

const tested = (more: Partial<Tested>): Tested => ({
  name: 'max_increase',
  level: 'breach',
  says: 'undecided',
  of: 'value',
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  confidence: 0.95,
  ...more,
});

const past = { name: 'max_increase', level: 'breach', threshold: 0.0042, over: true } as const;
const kept = { name: 'max', level: 'breach', threshold: 0.01, over: false } as const;

it.each<[string, Verdict]>([
  ['500 ms; at most 1 s is allowed (max)', pass()],
  ['1.5 s; at most 1 s is allowed (max)', breach()],
  ['1.5 s; at most 1 s is allowed (warn max)', warning()],
  [
    '0.9 % against 0.4 % (control); at most 0.42 % is allowed (max_increase)',
    withEvidence(breach(), {
      value: 0.009,
      baseline: { from: 'control', value: 0.004 },
      limits: [kept, past],
    }),
  ],
  [
    '0.9 % against 0.4 % (control): 1.6 to 3.1 times control, 95 % sure; at most 0.42 % is allowed (max_increase)',
    withEvidence(breach(), {
      value: 0.009,
      baseline: { from: 'control', value: 0.004 },
      limits: [past],
      tested: [tested({ of: 'ratio', low: 1.6, high: 3.1 })],
    }),
  ],
  [
    '4.8 % (of 1,230 since 2026-12-08T09:30:00Z) against 0.4 % (control); at most 0.42 % is allowed (max_increase), 95 % sure',
    withEvidence(breach(), {
      value: 0.048,
      samples: 1230,
      baseline: { from: 'control', value: 0.004 },
      limits: [past],
      tested: [
        tested({ says: 'breach', of: 'ratio', low: 1.1, high: 2, since: NOW - 30 * MINUTE }),
      ],
    }),
  ],
  [
    '190 ms (of 742 since 2026-12-08T09:30:00Z) against 15 ms (control); at most 22 ms is allowed (max_increase)',
    {
      ...breach(),
      evidence: {
        ...breach().evidence,
        value: 0.19,
        samples: 742,
        baseline: { from: 'control', value: 0.015 },
        limits: [{ ...past, threshold: 0.022 }],
        tested: [tested({ says: 'breach', since: NOW - 30 * MINUTE, confidence: 0 })],
      },
    },
  ],
  [
    '0.9 % against 0.4 % (control): at least 0.2 points more than control, 95 % sure; at most 0.42 % is allowed (max_increase)',
    withEvidence(breach(), {
      value: 0.009,
      baseline: { from: 'control', value: 0.004 },
      limits: [past],
      tested: [tested({ of: 'difference', low: 0.002 })],
    }),
  ],
  [
    '0.5 %: at most 0.8 %, 95 % sure; at most 1 % is allowed (max)',
    withEvidence(pass(), {
      value: 0.005,
      limits: [kept],
      tested: [tested({ name: 'max', high: 0.008 })],
    }),
  ],
  [
    '0.5 %; at most 1 % is allowed (max)',
    withEvidence(pass(), { value: 0.005, limits: [kept], tested: [tested({ name: 'max' })] }),
  ],
  [
    '0.5 % against 0.4 % in control; at most 1 % is allowed (max)',
    withEvidence(pass(), { value: 0.005, control: 0.004, limits: [kept] }),
  ],
  [
    '8 %; at least 10 % is allowed (min)',
    withEvidence(breach(), { value: 0.08, limits: [{ ...past, name: 'min', threshold: 0.1 }] }),
  ],
  [
    '0.9 %; at most 0.42 % is allowed (max_increase), for 10m of 10m',
    withEvidence(breach(), {
      value: 0.009,
      limits: [past],
      lasting: { needed: 10 * MINUTE, seen: 10 * MINUTE },
    }),
  ],
  [
    '0.9 %; at most 0.42 % is allowed (max_increase): past its limit, but not for long enough yet to count, for 4m of 10m',
    withEvidence(lacking('over-limit-briefly'), {
      value: 0.009,
      limits: [past],
      lasting: { needed: 10 * MINUTE, seen: 4 * MINUTE },
    }),
  ],
  [
    'too few samples yet (12 of 1000)',
    withEvidence(lacking('too-few-samples'), { samples: 12.9, samplesNeeded: 1000 }),
  ],
  [
    'too few samples yet (0 of 1000)',
    withEvidence(lacking('too-few-samples'), { samplesNeeded: 1000 }),
  ],
  ['control reports and the treatment is silent', lacking('silent-treatment')],
  ['no answer (timeout): prometheus.test did not answer within 30s', blind()],
])('%s', (sentence, verdict) => {
  expect(describeVerdict(verdict)).toBe(sentence);
});

it('keeps what a provider says to one line', () => {
  expect(describeVerdict({ ...blind(), detail: 'a\n\nRollout: b' } as Verdict)).toBe(
    'no answer (timeout): a Rollout: b',
  );
});

it('has words of its own for every reason', () => {
  const reasons: readonly InsufficientReason[] = [
    'settling',
    'no-data',
    'no-traffic',
    'nan',
    'infinite',
    'silent-treatment',
    'too-few-samples',
    'no-control',
    'no-baseline',
    'unproven',
    'over-limit-briefly',
  ];
  const words = reasons.map((reason) => describeVerdict(lacking(reason)));
  expect(new Set(words).size).toBe(reasons.length);
  expect(words.every((text) => text.length > 10)).toBe(true);
});

it('shows the limit that is broken, otherwise the first', () => {
  expect(limitOf([kept, past])).toBe(past);
  expect(limitOf([kept])).toBe(kept);
  expect(limitOf([])).toBeUndefined();
});
