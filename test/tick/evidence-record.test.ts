import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Assessment, nothingKnown } from '../../src/decide/assessment.ts';
import { decide } from '../../src/decide/decide.ts';
import {
  type EvidenceRecord,
  RecordError,
  recompute,
  recordOf,
} from '../../src/decide/evidence-record.ts';
import { MAX_RECORD_BYTES, readRecord, writeRecord } from '../../src/decide/record-file.ts';
import { isMapping, type Json } from '../../src/model/json.ts';
import type { Answer, Question } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import { keepEvidence } from '../../src/repository/keep-evidence.ts';
import { commitMessage } from '../../src/tell/commit.ts';
import { measure } from '../../src/tick/measure.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { answerByCounts, answerByLevel, providerOf } from '../support/answers.ts';
import {
  check,
  config,
  distribution,
  gauge,
  mean,
  move,
  NOW,
  proportion,
  rollout,
  status,
} from '../support/builders.ts';

const BUCKETS = [
  '0.005',
  '0.01',
  '0.025',
  '0.05',
  '0.1',
  '0.25',
  '0.5',
  '1',
  '2.5',
  '5',
  '10',
  '+Inf',
];

/** A check of each kind, relative to control. */
const CHECKS = [
  check({ metric: gauge({ name: 'saturation' }), limits: { max: 0.8 } }),
  check({
    metric: proportion({ name: 'errors' }),
    limits: { maxIncrease: { kind: 'relative', by: 0.05 } },
  }),
  check({ metric: mean({ name: 'cost' }), limits: { maxIncrease: { kind: 'relative', by: 0.5 } } }),
  check({ metric: distribution({ name: 'p99' }), limits: { max: 2 }, warn: { maxRatio: 1.5 } }),
];

const inCanary = (more: Partial<Rollout> = {}): Rollout =>
  rollout({
    checks: CHECKS,
    status: status({
      phase: 'progressing',
      stage: 'canary',
      since: NOW - 2 * DAY,
      baseline: { errors: 0.01 },
    }),
    ...more,
  });

interface Services {
  readonly perMinute?: number;
  /** How often the treatment's requests fail. */
  readonly failing?: number;
  readonly seed?: number;
  /** How often requests come, all at once; all the time if absent. */
  readonly batchEvery?: number;
}

/** What a provider would answer of services under some traffic, a share of it treated. */
function answer(
  question: Question,
  { perMinute = 200, failing = 0.005, seed = 1, batchEvery }: Services,
): Answer {
  let state = seed;
  const noise = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  if (!('queries' in question)) return answerByLevel(question, () => 0.5 + noise() / 10);
  return answerByCounts(question, (query) => {
    const isTreatment = query.includes('"on"');
    const traffic = perMinute * (isTreatment ? 0.01 : 0.99);
    const growing = (by: () => number) => {
      let value = 0;
      return {
        count: (at: number) => {
          if (batchEvery === undefined) value += by();
          else if (at % batchEvery === 0) value += by() * (batchEvery / MINUTE);
          return value;
        },
      };
    };
    if (query.startsWith('seconds_bucket')) {
      return BUCKETS.map((le, index) => ({
        le,
        ...growing(() => Math.round((traffic * (index + noise())) / 12)),
      }));
    }
    const share = query.startsWith('errors')
      ? isTreatment
        ? failing
        : 0.005
      : query.startsWith('cost')
        ? 1.37
        : 1;
    const each = () => traffic * share * (0.5 + noise());
    return [growing(query.startsWith('cost') ? each : () => Math.round(each()))];
  });
}

/** A rollout, measured and decided about as a tick does. */
async function assessed(subject: Rollout, services: Services = {}): Promise<Assessment> {
  const provider = providerOf('prod', (question) => answer(question, services));
  const start = subject.status.since ?? NOW;
  const settings = config({ settle: 5 * MINUTE });
  const verdicts = await measure(
    [{ rollout: subject, start }],
    new Map([['prod', provider]]),
    settings,
    { now: NOW },
  );
  const measured = verdicts.get(subject.key);
  if (!measured) throw new Error('nothing was measured');
  const facts = { ...nothingKnown(NOW, settings.policy), entryStart: start, ...measured };
  return { ...facts, rollout: subject, decision: decide(subject, facts) };
}

async function record(
  subject: Rollout = inCanary(),
  services: Services = {},
): Promise<EvidenceRecord> {
  const made = recordOf(await assessed(subject, services));
  if (!made) throw new Error('nothing was measured');
  return made;
}

const file = (made: EvidenceRecord): string => {
  const text = writeRecord(made);
  if (text === undefined) throw new Error('it does not fit');
  return text;
};

/** A record as a person may have changed it. */
function changed(
  text: string,
  change: (json: Record<string, Json>) => Record<string, Json>,
): string {
  const json: Json = JSON.parse(text);
  return JSON.stringify(change(isMapping(json) ? { ...json } : {}));
}

describe('an evidence record', () => {
  it('comes to the same verdicts and decision when it is read and judged again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          perMinute: fc.constantFrom(0, 1, 200, 20_000),
          failing: fc.constantFrom(0, 0.005, 0.2),
          seed: fc.nat(1_000_000),
        }),
        fc.constantFrom(20 * MINUTE, 5 * HOUR, 3 * DAY),
        async (services, age) => {
          const { status } = inCanary();
          const made = await record(
            inCanary({ status: { ...status, since: NOW - age } }),
            services,
          );
          const again = recompute(readRecord(file(made)));
          expect(again).toMatchObject({ decision: made.decision });
          const judged = again.verdicts.filter(
            ({ check }) => !again.notJudged.includes(check.metric.name),
          );
          for (const verdict of judged) expect(made.verdicts).toContainEqual(verdict);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps when the treatment was quiet before its entry, because silence is judged by its longest gap', async () => {
    // A batch every four hours, also in the stage before: an hour and more of nothing is not silence.
    const { status } = inCanary();
    const subject = inCanary({
      checks: CHECKS.slice(1, 3),
      status: { ...status, since: NOW - 3 * HOUR },
    });
    const made = await record(subject, { batchEvery: 4 * HOUR });
    const again = recompute(readRecord(file(made)));
    expect(again.verdicts.map(({ kind }) => kind)).toEqual(made.verdicts.map(({ kind }) => kind));
    for (const verdict of again.verdicts) expect(made.verdicts).toContainEqual(verdict);
  });

  it('holds what decided, a breach, with the answers that prove it', async () => {
    const made = await record(inCanary(), { failing: 0.2 });
    expect(made.decision).toMatchObject({ kind: 'rollback' });
    const { notJudged, decision } = recompute(readRecord(file(made)));
    expect(notJudged).not.toContain('errors');
    expect(decision).toEqual(made.decision);
  });

  it('is at most 64 KB, and keeps of checks that do not fit the verdict alone, the one that decided last of all', async () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      check({
        metric: mean({ name: `cost-${index}` }),
        limits: { maxIncrease: { kind: 'relative', by: 0.5 } },
      }),
    );
    const made = await record(inCanary({ checks: [...many, ...CHECKS] }), { failing: 0.2 });
    const text = file(made);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    const { notJudged, decision, verdicts } = recompute(readRecord(text));
    expect(notJudged.length).toBeGreaterThan(10);
    expect(notJudged).not.toContain('errors');
    expect(verdicts.map(({ kind }) => kind)).toEqual(made.verdicts.map(({ kind }) => kind));
    expect(decision).toEqual(made.decision);
  });

  it('is not kept if its verdicts alone are too large', async () => {
    const description = 'x'.repeat(MAX_RECORD_BYTES);
    expect(writeRecord(await record(inCanary({ description })))).toBeUndefined();
  });

  it('is not made where nothing was measured', () => {
    const subject = rollout({ status: status() });
    const facts = nothingKnown(NOW, config().policy);
    expect(
      recordOf({ ...facts, rollout: subject, decision: decide(subject, facts) }),
    ).toBeUndefined();
  });
});

describe('the records of one commit', () => {
  it('take up at most 2 MB and one record more, and the moves after them say why they have none', async () => {
    const evidence = await record();
    const size = Buffer.byteLength(file(evidence));
    const moves = Array.from({ length: 100 }, (_, index) =>
      move({ rollout: inCanary({ file: `rollouts/f${index}.yaml` }), evidence }),
    );
    const { files, moves: kept } = keepEvidence(moves);
    const fitting = Math.ceil((2 * 1024 * 1024) / size);
    expect(files.map(({ path }) => path)).toEqual(
      Array.from({ length: fitting }, (_, index) => `rollouts/f${index}.evidence.json`),
    );
    expect(kept).toHaveLength(moves.length);
    expect(commitMessage([kept.at(-1) ?? move()])).toContain(
      'Evidence: not kept, because the records of the moves above take up the 2 MB that one commit may have',
    );
  });

  it('are none for what a person decided', () => {
    expect(keepEvidence([move()])).toEqual({ moves: [move()], files: [] });
  });
});

describe('a record that somebody else wrote', () => {
  const bomb = deflateRawSync(Buffer.alloc(16 * 1024 * 1024, ' ')).toString('base64');
  const endless = { kind: 'series', query: 'x', from: 0, to: 1e15, step: 1 };
  const withCheck = (
    json: Record<string, Json>,
    more: Record<string, Json>,
  ): Record<string, Json> => {
    const [first] = Array.isArray(json.checks) ? json.checks : [];
    return { ...json, checks: [{ ...(isMapping(first) ? first : {}), ...more }] };
  };
  it.each<[string, (text: string) => string, string]>([
    ['is not JSON', () => '{', 'it is not a JSON object of at most 64 KB'],
    [
      'is too long',
      () => ' '.repeat(MAX_RECORD_BYTES + 1),
      'it is not a JSON object of at most 64 KB',
    ],
    [
      'is of a later version',
      (text) => changed(text, (json) => ({ ...json, 'schema-version': 2 })),
      'its schema-version is 2, and this Sluice reads 1',
    ],
    [
      'names a check that the rollout has not',
      (text) => changed(text, (json) => withCheck(json, { metric: 'other' })),
      'its rollout has no check on "other"',
    ],
    [
      'has answers that inflate to megabytes',
      (text) => changed(text, (json) => withCheck(json, { answers: bomb })),
      'its answers cannot be read',
    ],
    [
      'asks for work without end',
      (text) =>
        changed(text, (json) => withCheck(json, { plan: { kind: 'gauge', treatment: endless } })),
      'it has a question of 1000000000000000 intervals, and at most 10000 are read',
    ],
    [
      'has a plan that nobody knows',
      (text) => changed(text, (json) => withCheck(json, { plan: { kind: 'counts' } })),
      'it cannot be judged again',
    ],
    [
      'has no rollout',
      (text) => changed(text, ({ rollout: _, ...json }) => json),
      'its rollout has no check',
    ],
  ])('and %s is refused', async (_, change, message) => {
    const text = change(file(await record()));
    const read = () => recompute(readRecord(text));
    expect(read).toThrow(RecordError);
    expect(read).toThrow(message);
  });
});
