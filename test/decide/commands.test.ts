import { describe, expect, it } from 'vitest';
import { type Action, act, nextStage } from '../../src/decide/commands.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { coverage, exposureOf } from '../../src/model/exposure.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import { apply } from '../support/apply.ts';
import { LADDER, NOW, rollout, stage, status } from '../support/builders.ts';

const facts = { now: NOW, by: 'ada', reason: '', policy: DEFAULT_CONFIG.policy };

/** What a command leads to: `rolled-back internal`, `nothing`, or `already`. */
function outcome(verb: Action, subject: Rollout): string {
  const done = act(verb, subject, facts);
  if (done.kind === 'nothing') return done.already ? 'already' : 'nothing';
  const { kill, status } = apply(subject, done.changes);
  if (done.to !== undefined && verb !== 'approve') expect(done.to).toBe(status.stage);
  const serving = status.serving === 'treatment' ? '' : ` ${status.serving}`;
  return `${kill ? 'killed ' : ''}${status.phase} ${status.stage ?? 'off'}${serving}`;
}

const PHASES: Readonly<Record<string, Rollout>> = {
  pending: rollout({ status: status() }),
  progressing: rollout(),
  paused: rollout({ status: status({ phase: 'paused', stage: 'canary' }) }),
  'paused before the start': rollout({ status: status({ phase: 'paused' }) }),
  off: rollout({ status: status({ phase: 'rolled-back', serving: 'control' }) }),
  back: rollout({ status: status({ phase: 'rolled-back', stage: 'canary' }) }),
  degraded: rollout({
    status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }),
  }),
  completed: rollout({ status: status({ phase: 'completed', stage: 'full' }) }),
  killed: rollout({ kill: true }),
  'in a stage that is gone': rollout({ status: status({ phase: 'paused', stage: 'gone' }) }),
};

/** Every verb by every phase. */
const OUTCOMES: Readonly<Record<string, Readonly<Record<keyof typeof PHASES, string>>>> = {
  rollback: {
    pending: 'already',
    progressing: 'rolled-back internal',
    paused: 'rolled-back internal',
    'paused before the start': 'already',
    off: 'already',
    back: 'rolled-back internal',
    degraded: 'rolled-back off control',
    completed: 'rolled-back early',
    killed: 'already',
    'in a stage that is gone': 'rolled-back off control',
  },
  pause: {
    pending: 'paused off',
    progressing: 'paused canary',
    paused: 'already',
    'paused before the start': 'already',
    off: 'already',
    back: 'already',
    degraded: 'already',
    completed: 'already',
    killed: 'killed paused canary',
    'in a stage that is gone': 'already',
  },
  resume: {
    pending: 'already',
    progressing: 'already',
    paused: 'progressing canary',
    'paused before the start': 'pending off',
    off: 'pending off',
    back: 'progressing canary',
    degraded: 'progressing canary',
    completed: 'nothing',
    killed: 'already',
    'in a stage that is gone': 'nothing',
  },
  restart: {
    pending: 'already',
    progressing: 'pending off',
    paused: 'pending off',
    'paused before the start': 'pending off',
    off: 'pending off',
    back: 'pending off',
    degraded: 'pending off',
    completed: 'pending off',
    killed: 'killed pending off',
    'in a stage that is gone': 'pending off',
  },
  kill: {
    pending: 'killed pending off',
    progressing: 'killed progressing canary',
    paused: 'killed paused canary',
    'paused before the start': 'killed paused off',
    off: 'killed rolled-back off control',
    back: 'killed rolled-back canary',
    degraded: 'killed degraded canary fallback',
    completed: 'killed completed full',
    killed: 'already',
    'in a stage that is gone': 'killed paused gone',
  },
  unkill: {
    pending: 'already',
    progressing: 'already',
    paused: 'already',
    'paused before the start': 'already',
    off: 'already',
    back: 'already',
    degraded: 'already',
    completed: 'already',
    killed: 'progressing canary',
    'in a stage that is gone': 'already',
  },
  approve: Object.fromEntries(Object.keys(PHASES).map((phase) => [phase, 'nothing'])),
};

describe.each(Object.keys(OUTCOMES))('%s', (verb) => {
  it.each(Object.keys(PHASES))('a rollout that is %s', (phase) => {
    const subject = PHASES[phase];
    if (!subject) throw new Error(phase);
    expect(outcome(verb as Action, subject)).toBe(OUTCOMES[verb]?.[phase]);
  });
});

describe('rollback', () => {
  it('goes to off from the first stage, and where the policy says so', () => {
    const first = rollout({ status: status({ phase: 'progressing', stage: 'internal' }) });
    expect(outcome('rollback', first)).toBe('rolled-back off control');
    const toOff = rollout({ rollback: { ...rollout().rollback, to: 'off' } });
    expect(outcome('rollback', toOff)).toBe('rolled-back off control');
  });

  it('keeps the reason, or who said it', () => {
    const reason = (given: string) => {
      const done = act('rollback', rollout(), { ...facts, reason: given });
      return done.kind === 'change' ? apply(rollout(), done.changes).status.reason : '';
    };
    expect(reason('carts are empty')).toBe('carts are empty');
    expect(reason('')).toBe('ada said rollback');
  });
});

it('pause keeps the reason, or who said it', () => {
  const reason = (given: string) => {
    const done = act('pause', rollout(), { ...facts, reason: given });
    return done.kind === 'change' ? apply(rollout(), done.changes).status.reason : '';
  };
  expect([reason('a look'), reason('')]).toEqual(['a look', 'ada said pause']);
});

it('resume accepts a ladder that changed while it runs', () => {
  const changed = rollout({
    ladder: { kind: 'named', name: 'mine', digest: 'bbbbbbbbbbbb' },
    status: status({ phase: 'progressing', stage: 'canary', ladder: 'aaaaaaaaaaaa' }),
  });
  const done = act('resume', changed, facts);
  expect(done.kind === 'change' && apply(changed, done.changes).status).toMatchObject({
    phase: 'progressing',
    since: NOW,
    ladder: 'bbbbbbbbbbbb',
  });
});

it('resume goes on where somebody declined the revert', () => {
  expect(act('resume', rollout(), { ...facts, revertDeclined: true }).kind).toBe('change');
});

describe('a target that cannot carry a rollout out', () => {
  const uncompiled = ['route.yaml: it is not there'];
  const said = (verb: Action, subject: Rollout) =>
    act(verb, subject, { ...facts, uncompiled, revertDeclined: true });

  it.each<[verb: Action, phase: string]>([
    ['unkill', 'killed'],
    ['resume', 'degraded'],
  ])('refuses %s of a rollout that is %s: users would not get it', (verb, phase) => {
    expect(said(verb, PHASES[phase] ?? rollout())).toEqual({
      kind: 'nothing',
      already: false,
      text: 'users would not get it: route.yaml: it is not there',
    });
  });

  it.each<[verb: Action, phase: string]>([
    ['rollback', 'progressing'],
    ['kill', 'progressing'],
    ['pause', 'progressing'],
    ['restart', 'completed'],
    ['resume', 'paused'],
    ['resume', 'back'],
    ['resume', 'off'],
  ])('lets %s of a rollout that is %s pass: nobody gets more by it', (verb, phase) => {
    expect(said(verb, PHASES[phase] ?? rollout()).kind).toBe('change');
  });

  it('lets a rollout be un-killed that nobody gets before it starts', () => {
    expect(said('unkill', rollout({ kill: true, status: status() })).kind).toBe('change');
  });
});

it('unkill and resume restart the clock', () => {
  const since = (verb: Action, subject: Rollout) => {
    const done = act(verb, subject, facts);
    return done.kind === 'change' ? apply(subject, done.changes).status.since : undefined;
  };
  expect(since('unkill', rollout({ kill: true }))).toBe(NOW);
  expect(since('resume', rollout({ status: status({ phase: 'paused', stage: 'canary' }) }))).toBe(
    NOW,
  );
});

it('resumes a rollout whose ladder Sluice did not write', () => {
  const named = rollout({ ladder: { kind: 'named', name: 'standard', digest: 'a' } });
  const doubts = { approvals: [], ladder: 'x' };
  expect(act('resume', named, facts)).toMatchObject({ already: true });
  expect(act('resume', named, { ...facts, doubts })).toMatchObject({ kind: 'change' });
});

describe('approve', () => {
  const stages = LADDER.map((each) => ({ ...each, approvals: 2 }));
  const approvals = [{ by: 'bob', stage: 'early' }];
  const running = rollout({
    stages,
    status: status({ phase: 'progressing', stage: 'canary', approvals }),
  });

  it('counts what is left', () => {
    const none = { ...running, status: { ...running.status, approvals: [] } };
    expect(act('approve', none, facts)).toMatchObject({
      to: 'early',
      next: '`early` needs 1 more',
    });
    expect(act('approve', running, facts)).toMatchObject({
      to: 'early',
      next: '`early` has all the approvals it needs',
    });
  });

  it('counts a person once', () => {
    expect(act('approve', running, { ...facts, by: 'bob' })).toEqual({
      kind: 'nothing',
      already: true,
      text: 'bob has approved early before',
    });
  });

  it('is given again by a person whom somebody listed by hand, and counts those that count', () => {
    const doubts = { approvals: [{ approval: { by: 'bob', stage: 'early' }, why: 'x' }] };
    const bob = act('approve', running, { ...facts, by: 'bob', doubts, comment: 7 });
    expect(bob).toMatchObject({ to: 'early', next: '`early` needs 1 more' });
    expect(bob.kind === 'change' ? apply(running, bob.changes).status.approvals : []).toEqual([
      { by: 'bob', stage: 'early', comment: 7 },
    ]);
    expect(act('approve', running, { ...facts, doubts })).toMatchObject({
      next: '`early` needs 1 more',
    });
  });

  it('says what it was given in: a comment, or else when', () => {
    const given = (more: object) => {
      const done = act('approve', running, { ...facts, ...more });
      return done.kind === 'change' ? apply(running, done.changes).status.approvals.at(-1) : done;
    };
    expect(given({ comment: 7 })).toEqual({ by: 'ada', stage: 'early', comment: 7 });
    expect(given({})).toEqual({ by: 'ada', stage: 'early', at: '2026-12-08T10:00:00Z' });
  });

  it('is for the first stage before the start, which a high risk asks for', () => {
    const pending = rollout({ risk: 'high', status: status() });
    expect(act('approve', pending, facts)).toMatchObject({ kind: 'change', to: 'internal' });
  });

  it('has nothing to approve in the last stage', () => {
    const last = rollout({ stages, status: status({ phase: 'progressing', stage: 'full' }) });
    expect(act('approve', last, facts)).toMatchObject({
      kind: 'nothing',
      text: 'there is no stage left to approve',
    });
  });
});

it('knows the stage that comes next', () => {
  const after = (name?: string) =>
    nextStage(
      rollout({
        stages: [stage('a'), stage('b')],
        status: status({ phase: 'paused', ...(name === undefined ? {} : { stage: name }) }),
      }),
    )?.name;
  expect([after(), after('a'), after('b'), after('gone')]).toEqual([
    'a',
    'b',
    undefined,
    undefined,
  ]);
});

it('says of a killed flag that it stays killed, whatever else is said', () => {
  const killed = rollout({ kill: true, status: status({ phase: 'paused', stage: 'canary' }) });
  for (const verb of ['resume', 'restart'] as const) {
    const done = act(verb, killed, facts);
    expect(done.kind === 'change' && done.next).toMatch(/still killed, so say unkill too$/);
  }
});

it('resumes a progressing flag only where a declined revert holds it', () => {
  const declined = act('resume', rollout(), { ...facts, revertDeclined: true });
  expect(declined).toMatchObject({ kind: 'change', to: 'canary' });
  expect(act('resume', rollout(), facts)).toMatchObject({ kind: 'nothing', already: true });
});

describe('[F1] a blue-green rollout that is completed', () => {
  const colours = { blue: 'v1', green: 'v2', plain: 'v0' };
  const completed = rollout({
    strategy: 'blue-green',
    variants: colours,
    treatment: 'green',
    control: 'blue',
    fallback: 'blue',
    status: status({ phase: 'completed', stage: 'full' }),
  });

  it('swaps its colours when it starts again, so that nobody gets another answer', () => {
    const done = act('restart', completed, facts);
    expect(done).toMatchObject({
      next: '`green` is the default now, and `blue` is rolled out when its rules allow',
    });
    if (done.kind !== 'change') throw new Error('nothing changed');
    expect(done.changes).toEqual([
      { path: ['treatment'], value: 'blue' },
      { path: ['control'], value: 'green' },
      { path: ['fallback'], value: undefined },
      { path: ['status'], value: { phase: 'pending', entry: 2 } },
    ]);
    expect(coverageOf(completed)).toEqual({ green: 100 });
    expect(coverageOf(apply(completed, done.changes))).toEqual({ green: 100 });
  });

  it('keeps a fallback that is neither', () => {
    const done = act('restart', { ...completed, fallback: 'plain' }, facts);
    expect(done.kind === 'change' && done.changes.map(({ path }) => path)).not.toContainEqual([
      'fallback',
    ]);
  });

  it.each([
    ['on its way', { status: status({ phase: 'progressing', stage: 'canary' }) }],
    ['rolled back', { status: status({ phase: 'rolled-back', serving: 'control' }) }],
    ['a canary', { strategy: 'canary' }],
  ] as const)('and one that is %s does not', (_, more) => {
    const done = act('restart', { ...completed, ...more }, facts);
    expect(done.kind === 'change' && done.changes.map(({ path }) => path)).toEqual([['status']]);
  });

  function coverageOf(subject: Rollout): Readonly<Record<string, number>> {
    const exposure = exposureOf(subject);
    if (!exposure) throw new Error('no exposure');
    const share = coverage(exposure);
    return share === 0 ? { [exposure.control]: 100 } : { [exposure.variant]: share };
  }
});
