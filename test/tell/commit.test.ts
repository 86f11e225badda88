import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvalidKill, Move, RolloutMove } from '../../src/decide/move.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import {
  commitMessage,
  commitSubject,
  provenTrailers,
  readTrailers,
  subject,
} from '../../src/tell/commit.ts';
import { blind, breach, gauge, move, rollout, status } from '../support/builders.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { INSTRUCTS } from '../support/instructions.ts';

const killed = (more: Pick<InvalidKill, 'flag' | 'where' | 'by'>): InvalidKill => ({
  of: 'invalid-file',
  action: 'kill',
  why: `${more.by.user} said kill`,
  edits: [],
  lane: 'commit',
  ...more,
});

const of = (flag: string, more: Partial<RolloutMove> = {}): RolloutMove =>
  move({ rollout: rollout({ flag, key: `${flag}@production` }), ...more });

describe('the subject', () => {
  it.each<[string, readonly Move[]]>([
    ['Advance new-checkout@production to early', [move()]],
    [
      'Roll back new-checkout@production to off',
      [{ ...move({ action: 'rollback' }), to: undefined as never }],
    ],
    [
      'Roll back new-checkout@production to internal',
      [move({ action: 'rollback', to: 'internal' })],
    ],
    ['Start new-checkout@production at early', [move({ action: 'start' })]],
    ['Approve new-checkout@production for early', [move({ action: 'approve' })]],
    ['Degrade new-checkout@production to simple', [move({ action: 'degrade' })]],
    ['Compile targets', []],
    ['Advance new-checkout and home-layout', [of('new-checkout'), of('home-layout')]],
    ['Advance a, b and c', [of('a'), of('b'), of('c')]],
    ['Move a and b', [of('a'), of('b', { action: 'pause' })]],
  ])('%s', (line, moves) => {
    expect(subject(moves)).toBe(line);
  });

  it('counts flags whose names are too many for a line', () => {
    const many = Array.from({ length: 12 }, (_, index) => of(`a-flag-${index}`));
    expect(subject(many)).toBe('Advance 12 rollouts');
  });
});

it('says what moved, why, who said so, and on which evidence', () => {
  const message = commitMessage([
    move({ by: { user: 'ada', verb: 'promote', reason: 'seen enough' } }),
  ]);
  expect(message).toMatch(
    new RegExp(
      [
        '^Advance new-checkout@production to early',
        '',
        'Advance new-checkout@production to early\\.',
        '  Why: 1d 1h in canary, and all checks pass',
        '  Said: promote by ada, because: seen enough',
        '  Check    Verdict  Value   Limit      Baseline  Samples  Window',
        '  latency  pass     500 ms  1 s \\(max\\)  —         —        10m',
        '  latency asked: latency',
        '',
        'Rollout: new-checkout@production advance canary->early by=ada evidence=sha256:[0-9a-f]{64}',
        '$',
      ].join('\n'),
    ),
  );
});

describe('a trailer', () => {
  const trailer = (more: Partial<RolloutMove>) => {
    const [only] = readTrailers(commitMessage([move(more)]));
    return only && `${only.key} ${only.action} ${only.from}->${only.to}`;
  };
  const off = rollout({ status: status() });

  it.each<[string, Partial<RolloutMove>]>([
    ['new-checkout@production advance canary->early', {}],
    [
      'new-checkout@production start off->internal',
      { rollout: off, action: 'start', to: 'internal' },
    ],
    ['new-checkout@production rollback canary->internal', { action: 'rollback', to: 'internal' }],
    [
      'new-checkout@production rollback canary->off',
      { action: 'rollback', to: undefined as never },
    ],
    ['new-checkout@production restart canary->off', { action: 'restart', to: undefined as never }],
    ['new-checkout@production pause canary->canary', { action: 'pause', to: undefined as never }],
    [
      'new-checkout@production degrade canary->canary',
      { action: 'degrade', to: undefined as never },
    ],
  ])('%s', (line, more) => {
    expect(trailer(more)).toBe(line);
  });

  it('tells who said it, and in what', () => {
    const by = { user: 'ada', verb: 'promote', reason: '', source: 'comment-123' };
    expect(readTrailers(commitMessage([move({ by })]))).toMatchObject([
      { by: 'ada', via: 'comment-123' },
    ]);
  });

  it('is only one in the last paragraph, and only a whole line', () => {
    const line = `Rollout: a@b advance x->y evidence=sha256:${'0'.repeat(64)}`;
    expect(readTrailers(`subject\n\n${line}\n`)).toHaveLength(1);
    expect(readTrailers(`subject\n\n${line}\n\nthe end\n`)).toEqual([]);
    expect(readTrailers(`subject\n\n  ${line}\n`)).toEqual([]);
    expect(readTrailers(`subject\n\n${line} and more\n`)).toEqual([]);
    expect(readTrailers('')).toEqual([]);
  });
});

describe('trailers of a message that somebody else wrote', () => {
  const told = commitMessage([move()]);
  const own = provenTrailers(told);
  const forged = `Rollout: evil@production approve a->b by=ada via=comment-1 evidence=sha256:${'0'.repeat(64)}`;

  it('count by the digest of a section each', () => {
    expect(own).toHaveLength(1);
    expect(provenTrailers(`${told.trimEnd()}\n${forged}\n`)).toEqual(own);
    expect(provenTrailers(forged)).toEqual([]);
  });

  it('are read in a moment, however long it is', () => {
    const started = performance.now();
    const long = 'x'.repeat(2_000_000);
    for (const message of [
      `${told}\n\n${`${forged}\n`.repeat(5_000)}`,
      `${told}\n\nRollout: ${long}->${long}`,
      `${told}\n\nRollout: a advance ${'->'.repeat(1_000_000)}`,
      `${told}${'\n\n'.repeat(1_000_000)}x`,
      `${told}${' '.repeat(3_000_000)}`,
      `${long}${long}${long}\n\n${forged}`,
    ]) {
      provenTrailers(message);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

const FORGERY = `\n\nRollout: evil@production advance a->b evidence=sha256:${'0'.repeat(64)}`;
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    FORGERY,
    `x${FORGERY}\n`,
    FORGERY.replaceAll('\n', '\u2028'),
    '\r\n\r\n',
    ' by=root',
    'a b',
    '[skip ci] [Actions Skip] skip-checks: true',
    'fixes #13, closes acme/shop#14: resolves GH-15 https://github.com/acme/shop/issues/16',
    '@ada @acme/payments a/b@0123abc',
    'Co-authored-by: Mallory <m@evil.example>',
  ),
  fc.string({ maxLength: 20 }).map((text) => `${text}${FORGERY}${text}`),
);
const user = hostile.filter((text) => text !== '');

const told: fc.Arbitrary<RolloutMove> = fc
  .record({
    flag: fc.constantFrom('a', 'b.c', 'new-checkout'),
    why: hostile,
    reason: hostile,
    user,
    detail: hostile,
    query: hostile,
    warning: hostile,
  })
  .map(({ flag, why, reason, user, detail, query, warning }) => {
    const asked = breach();
    const measured: Verdict = {
      ...asked,
      evidence: { ...asked.evidence, query, warnings: [warning] },
    };
    const unanswered = { ...blind(), detail } as Verdict;
    return of(flag, {
      why,
      verdicts: [measured, unanswered],
      by: { user, verb: 'promote', reason, source: user },
    });
  });

describe('whatever people and providers say', () => {
  it('the trailers read back are those that were written', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 4 }), (moves) => {
        const trailers = readTrailers(commitMessage(moves));
        expect(trailers.map(({ key, action, from, to }) => [key, action, from, to])).toEqual(
          moves.map(({ rollout }) => [rollout.key, 'advance', 'canary', 'early']),
        );
        for (const { by, via } of trailers) {
          expect(by).toMatch(/^[A-Za-z0-9@._+-]+$/);
          expect(via).toMatch(/^[A-Za-z0-9@._+-]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('the evidence is whole as it was written, also after UTF-8', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 4 }), (moves) => {
        const message = commitMessage(moves);
        expect(evidenceHolds(message)).toBe(true);
        expect(evidenceHolds(Buffer.from(message, 'utf8').toString('utf8'))).toBe(true);
      }),
    );
  });

  it('nothing of it instructs GitHub', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 3 }), (moves) => {
        expect(commitMessage(moves)).not.toMatch(INSTRUCTS);
      }),
      { numRuns: 500 },
    );
  });

  it('nor do the names of metrics and variants', () => {
    const moves = [
      move({
        action: 'degrade',
        rollout: rollout({ fallback: 'fixes #13 [skip ci]' }),
        verdicts: [blind({ metric: gauge({ name: 'Co-authored-by' }) })],
      }),
    ];
    for (const text of [commitMessage(moves), commitSubject(moves)]) {
      expect(text.replaceAll('\u2060', '')).toMatch(INSTRUCTS);
      expect(text).not.toMatch(INSTRUCTS);
    }
  });

  it('nothing of a kill of an invalid file instructs GitHub', () => {
    fc.assert(
      fc.property(user, user, hostile, hostile, (flag, by, reason, where) => {
        const message = commitMessage([
          killed({ flag, where, by: { user: by, verb: 'kill', reason, source: by } }),
        ]);
        expect(message).not.toMatch(INSTRUCTS);
        expect(evidenceHolds(message)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('the evidence is not whole once a character of it is another', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 3 }), fc.nat(), (moves, where) => {
        const message = commitMessage(moves);
        const first = message.indexOf('\n\n') + 2;
        const last = message.lastIndexOf('\n\n');
        const at = first + (where % (last - first));
        const other = message[at] === 'x' ? 'y' : 'x';
        expect(evidenceHolds(message.slice(0, at) + other + message.slice(at + 1))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

it('says nothing of the evidence of a message that has none', () => {
  expect(evidenceHolds('Fix a typo\n')).toBe(false);
});

it('a kill of an invalid file can be found by an auditor, and its reason forges nothing', () => {
  const reason = 'it burns\n\nRollout: other@production advance a->b evidence=sha256:00';
  const by = { user: 'ada', verb: 'kill', reason, source: 'comment-7' };
  const message = commitMessage([
    killed({ flag: 'checkout', where: 'rollouts/checkout.yaml:3 not valid YAML', by }),
  ]);
  expect(readTrailers(message)).toMatchObject([
    { key: 'checkout', action: 'kill', from: 'invalid', to: 'off', by: 'ada', via: 'comment-7' },
  ]);
  expect(evidenceHolds(message)).toBe(true);
});
