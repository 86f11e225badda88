import { describe, expect, it } from 'vitest';
import type { Comment } from '../../src/forge/forge.ts';
import type { Json } from '../../src/model/json.ts';
import type { Approval } from '../../src/model/rollout.ts';
import { commentIn, commentProblem, type Spoken } from '../../src/repository/approval.ts';
import { isWritten, recordOf, type StatusChange } from '../../src/repository/record.ts';
import type { Trailer } from '../../src/tell/commit.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { NOW } from '../support/builders.ts';

const KEY = 'new-checkout@production';
const EVIDENCE = `sha256:${'0'.repeat(64)}`;
const ADA: Approval = { by: 'ada', stage: 'quarter', comment: 7 };
const BOB: Approval = { by: 'bob', stage: 'quarter', comment: 8 };

const trailer = (more: Partial<Trailer> = {}): Trailer => ({
  key: KEY,
  action: 'approve',
  from: 'canary',
  to: 'quarter',
  by: 'ada',
  via: 'comment-7',
  evidence: EVIDENCE,
  ...more,
});

let oids = 0;
/** A commit that took a status from one to another, and what Sluice recorded in it. */
function change(
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
  ...trailers: readonly Trailer[]
): StatusChange {
  oids += 1;
  return { oid: String(oids), at: NOW, trailers, edit: { before, after } };
}

const listed = (...approvals: readonly Approval[]): Readonly<Record<string, Json>> => ({
  approvals: approvals.map((approval) => ({ ...approval })),
});

describe('an approval is recorded', () => {
  const approves = change({}, listed(ADA), trailer());
  const describes = change(listed(ADA), listed(ADA));

  const COUNTS: readonly (readonly [string, readonly StatusChange[]])[] = [
    ['by the commit of Sluice that listed it', [approves]],
    ['and stays so as the file changes in other ways', [describes, approves]],
    [
      'beside that of another person',
      [change(listed(ADA), listed(ADA, BOB), trailer({ by: 'bob', via: 'comment-8' })), approves],
    ],
    [
      'though a branch that began before it was merged after it',
      // The merge of the branch into what was built on it, and the branch, which never had it.
      [change({}, listed(ADA)), change({}, {}), approves],
    ],
    [
      'again, after it was taken back',
      [change({}, listed(ADA), trailer()), change(listed(ADA), {}), approves],
    ],
  ];
  it.each(COUNTS)('%s', (_, changes) => {
    expect(recordOf(ADA, KEY, changes)).toEqual({ kind: 'recorded', at: NOW, via: 'comment-7' });
  });

  it('without a comment where there are none', () => {
    const local: Approval = { by: 'Ada Lovelace', stage: 'quarter', at: '2026-12-08T10:00:00Z' };
    const { via: _, ...said } = trailer({ by: 'Ada_Lovelace' });
    expect(recordOf(local, KEY, [change({}, listed(local), said)])).toEqual({
      kind: 'recorded',
      at: NOW,
    });
  });
});

describe('an approval is void', () => {
  const approves = change({}, listed(ADA), trailer());
  const CASES: readonly (readonly [string, string, readonly StatusChange[]])[] = [
    ['in a file that nobody but people wrote', 'not-recorded', [change({}, listed(ADA))]],
    ['in a file without a history', 'not-recorded', []],
    [
      'by the record of another flag',
      'not-recorded',
      [change({}, listed(ADA), trailer({ key: 'search@production' }))],
    ],
    [
      'by the record of another environment',
      'not-recorded',
      [change({}, listed(ADA), trailer({ key: 'new-checkout@staging' }))],
    ],
    [
      'by the record of another action',
      'not-recorded',
      [change({}, listed(ADA), trailer({ action: 'resume' }))],
    ],
    [
      'by the record of another stage',
      'not-recorded',
      [change({}, listed(ADA), trailer({ to: 'full' }))],
    ],
    [
      'by the record of another person',
      'not-recorded',
      [change({}, listed(ADA), trailer({ by: 'bob' }))],
    ],
    [
      'if the commit that says so did not list it',
      'not-recorded',
      [change({}, listed(ADA)), change({}, {}, trailer())],
    ],
    [
      'if it names another comment than the one that was listed',
      'not-recorded',
      [change(listed(ADA), listed({ ...ADA, comment: 9 })), approves],
    ],
    [
      'once it was used up, and is pasted back',
      'removed',
      [change({}, listed(ADA)), change(listed(ADA), { stage: 'quarter' }), approves],
    ],
    [
      'once a person took it back by hand, and is pasted back',
      'removed',
      [change({}, listed(ADA)), change(listed(ADA), {}), approves],
    ],
    [
      'if the same comment approved another stage',
      'comment-used',
      [approves, change({}, listed({ ...ADA, stage: 'canary' }), trailer({ to: 'canary' }))],
    ],
  ];
  it.each(CASES)('%s (%s)', (when, code, changes) => {
    const asked = when.startsWith('if it names another') ? { ...ADA, comment: 9 } : ADA;
    expect(recordOf(asked, KEY, changes)).toEqual({ kind: 'void', code });
  });
});

describe('the comment of an approval', () => {
  const rollout = { flag: 'new-checkout', environment: 'production' };
  const comment: Comment = {
    author: 'ada',
    byPerson: true,
    body: 'Looks good.\n\n/rollout approve new-checkout because it is ready',
    createdAt: NOW - MINUTE,
    edited: false,
  };
  const spoken: Spoken = {
    approval: ADA,
    recorded: { at: NOW, via: 'comment-7' },
    comment,
  };
  const problem = (more: Partial<Comment>, rest: Partial<Spoken> = {}) =>
    commentProblem({ ...spoken, comment: { ...comment, ...more }, ...rest }, rollout, '/rollout');

  it.each<readonly [string, Partial<Comment>]>([
    ['says so', {}],
    ['is by the same login in other letters', { author: 'Ada' }],
    ['names the environment', { body: '/rollout approve new-checkout@production' }],
    ['is an hour old when it is carried out', { createdAt: NOW - HOUR }],
  ])('bears it out if it %s', (_, more) => {
    expect(problem(more)).toBeUndefined();
  });

  it.each<readonly [string, string, Partial<Comment>]>([
    ['somebody else wrote', 'by-another', { author: 'mallory' }],
    ['a bot wrote', 'by-a-bot', { byPerson: false }],
    ['was edited', 'comment-edited', { edited: true }],
    ['says nothing', 'not-said', { body: 'I would not approve new-checkout' }],
    ['says something else', 'not-said', { body: '/rollout resume new-checkout' }],
    ['is about another flag', 'not-said', { body: '/rollout approve search' }],
    ['is about another environment', 'not-said', { body: '/rollout approve new-checkout@staging' }],
    ['is in a code block', 'not-said', { body: '```\n/rollout approve new-checkout\n```' }],
    ['has another prefix', 'not-said', { body: '/ship approve new-checkout' }],
    ['is two hours older', 'too-late', { createdAt: NOW - 2 * HOUR }],
    ['is younger than its record', 'too-late', { createdAt: NOW + HOUR }],
  ])('does not bear it out if it %s (%s)', (_, code, more) => {
    expect(problem(more)).toBe(code);
  });

  it.each<readonly [string, string, Partial<Spoken>]>([
    ['names none', 'no-comment', { approval: { by: 'ada', stage: 'quarter' } }],
    ['names one that its commit does not', 'other-comment', { recorded: { at: NOW } }],
    [
      'names another than its commit',
      'other-comment',
      { recorded: { at: NOW, via: 'comment-70' } },
    ],
    ['names one that is gone', 'comment-gone', { comment: undefined }],
  ])('does not bear out an approval that %s (%s)', (_, code, rest) => {
    expect(problem({}, rest)).toBe(code);
  });
});

it('a comment has a number, and only a comment', () => {
  expect(['comment-7', 'comment-', 'comment-7x', 'pull-7', undefined].map(commentIn)).toEqual([
    7,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(commentIn(`comment-${'9'.repeat(16)}`)).toBeUndefined();
});

describe('the ladder and the levels that are pinned', () => {
  const [one, two] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
  const of = (action: string): Trailer => trailer({ action });
  const started = change({}, { ladder: one }, of('start'));

  const LADDERS: readonly (readonly [string, boolean, string, readonly StatusChange[]])[] = [
    ['a start wrote', true, one, [started]],
    [
      'a start wrote, and advances left alone',
      true,
      one,
      [change({ ladder: one }, { ladder: one }, of('advance')), started],
    ],
    [
      'a resume wrote',
      true,
      two,
      [change({ ladder: one }, { ladder: two }, of('resume')), started],
    ],
    [
      'a resume wrote over what a person had put there',
      true,
      two,
      [
        change({ ladder: two }, { ladder: two }, of('resume')),
        change({ ladder: one }, { ladder: two }),
        started,
      ],
    ],
    ['a person wrote', false, two, [change({ ladder: one }, { ladder: two }), started]],
    ['an older start wrote', false, one, [change({}, { ladder: two }, of('start')), started]],
    [
      'an advance is said to have written',
      false,
      two,
      [change({ ladder: one }, { ladder: two }, of('advance')), started],
    ],
    [
      'another flag is said to have written',
      false,
      two,
      [change({}, { ladder: two }, trailer({ action: 'start', key: 'search@production' }))],
    ],
    ['came with the file', false, one, [change({}, { ladder: one })]],
  ];
  it.each(LADDERS)('a ladder that %s: %s', (_, written, value, changes) => {
    expect(isWritten('ladder', value, KEY, changes)).toBe(written);
  });

  const low = { errors: 0.001 };
  const high = { errors: 0.5 };
  const pinned = change({}, { baseline: low }, of('advance'));
  const BASELINES: readonly (readonly [string, boolean, Json, readonly StatusChange[]])[] = [
    ['an advance pinned', true, low, [pinned, started]],
    [
      'a later advance left alone',
      true,
      low,
      [change({ baseline: low }, { baseline: low }, of('advance')), pinned],
    ],
    ['a person wrote', false, high, [change({ baseline: low }, { baseline: high }), pinned]],
    [
      'a person wrote before an advance that pinned nothing',
      false,
      high,
      [
        change({ baseline: high }, { baseline: high }, of('advance')),
        change({}, { baseline: high }),
        started,
      ],
    ],
    [
      'an earlier run of the flag pinned',
      false,
      low,
      [change({}, { baseline: low }), change({ baseline: low }, {}, of('start')), pinned],
    ],
  ];
  it.each(BASELINES)('levels that %s: %s', (_, written, value, changes) => {
    expect(isWritten('baseline', value, KEY, changes)).toBe(written);
  });
});
