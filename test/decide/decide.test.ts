import { describe, expect, it } from 'vitest';
import type { Known } from '../../src/decide/assessment.ts';
import { decide } from '../../src/decide/decide.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import type { Policy } from '../../src/model/config.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Rollout, Stage } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { DAY, formatInstant, HOUR, MINUTE } from '../../src/time.ts';
import {
  blind,
  breach,
  check,
  known,
  LADDER,
  lacking,
  NOW,
  pass,
  rollout,
  stage,
  status,
  warning,
} from '../support/builders.ts';

/** A decision in a line: `rollback breach → internal by pull-request`. */
function inWords(decision: Decision): string {
  const head = `${decision.kind} ${decision.why.code}`;
  switch (decision.kind) {
    case 'hold': {
      const until = decision.until === undefined ? '' : ` until ${formatInstant(decision.until)}`;
      return `${head}${until}${decision.tell ? ', tell' : ''}`;
    }
    case 'start':
      return `${head} → ${decision.to.name}`;
    case 'advance':
      return `${head} ${decision.from.name} → ${decision.to.name}`;
    case 'rollback':
      return `${head} → ${decision.to?.name ?? 'off'} by ${decision.lane}`;
    case 'degrade':
      return `${head} by ${decision.lane}`;
    default:
      return head;
  }
}

const DECLINED = {
  state: 'declined',
  how: 'ada closed the revert of this entry unmerged',
} as const;
/** Closed by somebody who may not decline it, so many minutes after it was opened. */
const closed = (minutes: number): Known['revert'] => ({
  state: 'closed',
  openedAt: NOW - minutes * MINUTE,
});

/** A query that its provider does not ask. */
const notACounter = (): Verdict => ({
  ...blind(),
  kind: 'unavailable',
  reason: 'not-a-counter',
  detail: 'write x',
});

const policy = (more: Partial<Policy>): Policy => ({ ...DEFAULT_CONFIG.policy, ...more });

/** One rollout in every phase; the entry is a day and an hour old. */
const PHASES = {
  pending: rollout({ status: status() }),
  progressing: rollout(),
  paused: rollout({ status: status({ phase: 'paused', stage: 'canary' }) }),
  off: rollout({ status: status({ phase: 'rolled-back', serving: 'control' }) }),
  back: rollout({ status: status({ phase: 'rolled-back', stage: 'canary' }) }),
  degraded: rollout({
    status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }),
  }),
  completed: rollout({ status: status({ phase: 'completed', stage: 'full' }) }),
} as const satisfies Record<string, Rollout>;

type PhaseName = keyof typeof PHASES;

/** What a tick does in each phase when nothing is the matter. */
const QUIET: Readonly<Record<PhaseName, string>> = {
  pending: 'start healthy → internal',
  progressing: 'advance dwell-over canary → early',
  paused: 'none paused',
  off: 'none rolled-back',
  back: 'none rolled-back',
  degraded: 'none degraded',
  completed: 'none completed',
};

/** A situation, and what a tick does in the phases in which it is not the quiet thing. */
interface Row {
  readonly when: string;
  readonly rollout?: Partial<Rollout>;
  readonly facts?: Partial<Known>;
  readonly does: Partial<Record<PhaseName, string>>;
}

const EVERY = (decision: string): Row['does'] =>
  Object.fromEntries(Object.keys(PHASES).map((phase) => [phase, decision]));

/** In the phases in which someone is exposed, and stands still. */
const STANDING = (decision: string): Row['does'] => ({
  paused: decision,
  back: decision,
  degraded: decision,
  completed: decision,
});

const LOPSIDED = { kind: 'mismatch', users: [200, 800], expected: [10, 990], p: 1e-9 } as const;

const BACK_FOR = (reason: string, lane = 'pull-request'): Row['does'] => ({
  progressing: `rollback ${reason} → internal by ${lane}`,
  paused: `rollback ${reason} → internal by ${lane}`,
  back: `rollback ${reason} → internal by ${lane}`,
  degraded: `rollback ${reason} → off by ${lane}`,
  completed: `rollback ${reason} → early by ${lane}`,
});

/** Nobody merged or declined its revert in time. */
const OVERDUE = BACK_FOR('revert-open', 'commit');

const BACK_A_STAGE = BACK_FOR('breach');

const BACK_A_STAGE_OR_HELD = { ...BACK_A_STAGE, pending: 'hold not-compiled, tell' };

const UNTIL_0930 = { from: NOW - DAY, to: Date.parse('2026-12-09T09:30:00Z'), reason: 'Audit' };

const BY_PHASE: readonly Row[] = [
  { when: 'nothing is the matter', facts: { verdicts: [pass()] }, does: {} },

  // 1: the switches that override everything.
  {
    when: '[1] the kill switch is set',
    rollout: { kill: true, end: NOW - 1 },
    facts: { verdicts: [breach()] },
    does: EVERY('kill killed'),
  },
  {
    when: '[1] its end has passed: off, except a completed flag, which has no end',
    rollout: { end: NOW },
    does: {
      pending: 'none ended',
      off: 'none ended',
      progressing: 'rollback ended → off by commit',
      paused: 'rollback ended → off by commit',
      back: 'rollback ended → off by commit',
      degraded: 'rollback ended → off by commit',
    },
  },
  { when: '[1] its end is a moment away', rollout: { end: NOW + 1 }, does: {} },

  // 2: a breach that takes it back.
  {
    when: '[2] a breach that rolls back, whoever is exposed',
    facts: { verdicts: [pass(), breach()] },
    does: BACK_A_STAGE,
  },
  {
    when: '[2] also of a check that is not required',
    facts: { verdicts: [breach({ required: false })] },
    does: BACK_A_STAGE,
  },
  {
    when: '[2] a breach that degrades: to the fallback, and out of it to off',
    facts: { verdicts: [breach({ onBreach: 'degrade' })] },
    does: {
      progressing: 'degrade breach by pull-request',
      paused: 'degrade breach by pull-request',
      back: 'degrade breach by pull-request',
      degraded: 'rollback breach → off by pull-request',
      completed: 'degrade breach by pull-request',
    },
  },
  {
    when: '[2] control breaches the same limit and treatment is no worse: not the flag',
    facts: { verdicts: [breach({}, 'shared')] },
    does: {
      ...STANDING('hold breach-shared-with-control, tell'),
      progressing: 'pause breach-shared-with-control',
    },
  },
  {
    when: '[2] many flags breach and this one is not worse than its control',
    facts: { verdicts: [breach()], outage: true },
    does: { ...STANDING('hold breach-in-outage, tell'), progressing: 'pause breach-in-outage' },
  },
  {
    when: '[2] many flags breach and this one is worse than its control',
    facts: { verdicts: [breach({}, 'worse')], outage: true },
    does: BACK_A_STAGE,
  },
  {
    when: '[2] a person closed the revert of this entry: they have seen it',
    facts: { verdicts: [breach()], revert: DECLINED },
    does: { ...STANDING('hold revert-declined'), progressing: 'hold revert-declined' },
  },
  {
    when: '[2] a person closed the revert, and by now it is clearly worse',
    facts: { verdicts: [breach({}, 'worse', true)], revert: DECLINED },
    does: { ...STANDING('hold revert-declined, tell'), progressing: 'hold revert-declined, tell' },
  },
  {
    when: '[2] its revert is open, and commit_after is not over',
    facts: { verdicts: [breach()], revert: { state: 'open', openedAt: NOW - 14 * MINUTE } },
    does: {
      ...STANDING('hold revert-open until 2026-12-08T10:01:00Z'),
      progressing: 'hold revert-open until 2026-12-08T10:01:00Z',
    },
  },
  {
    when: '[2] its revert has been open for as long as commit_after',
    facts: { verdicts: [breach()], revert: { state: 'open', openedAt: NOW - 15 * MINUTE } },
    does: BACK_FOR('breach', 'commit'),
  },

  {
    when: '[2] somebody closed its revert who may not decline it: back at once',
    facts: { verdicts: [breach()], revert: closed(1) },
    does: BACK_FOR('breach', 'commit'),
  },
  {
    when: '[2] somebody closed its revert who may not, and its time is over without a breach',
    facts: { revert: closed(15) },
    does: OVERDUE,
  },
  {
    when: '[2] somebody closed its revert who may not, and its time is over in an outage',
    facts: { verdicts: [breach({}, 'unknown')], outage: true, revert: closed(15) },
    does: OVERDUE,
  },

  // 3 and 4: halt and investigate.
  {
    when: '[3] users are not split as asked',
    facts: { split: LOPSIDED },
    does: { ...STANDING('hold sample-ratio, tell'), progressing: 'pause sample-ratio' },
  },
  {
    when: '[3] users are split as asked',
    facts: { split: { ...LOPSIDED, kind: 'match' } },
    does: { progressing: 'advance dwell-over canary → early' },
  },
  {
    when: '[3] control reports and the treatment is silent',
    facts: { verdicts: [lacking('silent-treatment')] },
    does: { ...STANDING('hold silent-treatment, tell'), progressing: 'pause silent-treatment' },
  },
  {
    when: '[3] users are not split as asked, and on_mismatch says hold',
    facts: { split: LOPSIDED, policy: policy({ onMismatch: 'hold' }) },
    does: { ...STANDING('hold sample-ratio, tell'), progressing: 'hold sample-ratio, tell' },
  },
  {
    when: '[3] users are not split as asked, and on_mismatch says rollback',
    facts: { split: LOPSIDED, policy: policy({ onMismatch: 'rollback' }) },
    does: BACK_FOR('sample-ratio'),
  },
  {
    when: '[3] the treatment is silent, and on_mismatch says hold',
    facts: {
      verdicts: [lacking('silent-treatment')],
      policy: policy({ onMismatch: 'hold' }),
    },
    does: {
      ...STANDING('hold silent-treatment, tell'),
      progressing: 'hold silent-treatment, tell',
    },
  },
  {
    when: '[3] the treatment is silent, and on_mismatch says rollback',
    facts: {
      verdicts: [lacking('silent-treatment')],
      policy: policy({ onMismatch: 'rollback' }),
    },
    does: BACK_FOR('silent-treatment'),
  },
  {
    when: '[4] a breach that pauses',
    facts: { verdicts: [breach({ onBreach: 'pause' })] },
    does: { ...STANDING('hold breach-pauses, tell'), progressing: 'pause breach-pauses' },
  },
  {
    when: '[4] a warning',
    facts: { verdicts: [warning()] },
    does: { ...STANDING('hold warning, tell'), progressing: 'pause warning' },
  },

  // 5: monitoring that is down moves nothing.
  {
    when: '[5] the provider cannot answer',
    facts: { verdicts: [blind()] },
    does: {
      progressing: 'hold unavailable, tell', // an hour past the dwell
      paused: 'hold unavailable, tell',
      back: 'hold unavailable, tell',
      degraded: 'hold unavailable, tell',
      completed: 'hold unavailable', // the last stage lasts two days
    },
  },
  {
    when: '[5] the provider cannot answer, and on_blind says pause',
    facts: { verdicts: [blind()], policy: policy({ onBlind: 'pause' }) },
    does: {
      progressing: 'pause unavailable',
      paused: 'hold unavailable, tell',
      back: 'hold unavailable, tell',
      degraded: 'hold unavailable, tell',
      completed: 'hold unavailable',
    },
  },
  {
    when: '[5] the provider cannot answer, and on_blind says rollback',
    facts: { verdicts: [blind()], policy: policy({ onBlind: 'rollback' }) },
    does: {
      progressing: 'rollback unavailable → internal by pull-request',
      paused: 'rollback unavailable → internal by pull-request',
      back: 'rollback unavailable → internal by pull-request',
      degraded: 'rollback unavailable → off by pull-request',
      completed: 'rollback unavailable → early by pull-request',
    },
  },
  {
    when: '[5] a query makes no counter, and on_blind says rollback',
    facts: { verdicts: [notACounter()], policy: policy({ onBlind: 'rollback' }) },
    does: {
      progressing: 'hold unavailable, tell',
      paused: 'hold unavailable, tell',
      back: 'hold unavailable, tell',
      degraded: 'hold unavailable, tell',
      completed: 'hold unavailable',
    },
  },
  {
    when: '[5] a query makes no counter, a provider cannot answer, and on_blind says pause',
    facts: { verdicts: [notACounter(), blind()], policy: policy({ onBlind: 'pause' }) },
    does: {
      progressing: 'pause unavailable',
      paused: 'hold unavailable, tell',
      back: 'hold unavailable, tell',
      degraded: 'hold unavailable, tell',
      completed: 'hold unavailable',
    },
  },
  {
    when: '[5] a check that is not required may be blind',
    facts: { verdicts: [blind({ required: false })] },
    does: {},
  },

  // 6 to 12: only what is progressing.
  {
    when: '[2] nobody answered the revert for as long as commit_after, though nothing breaches now',
    facts: { verdicts: [pass()], revert: { state: 'open', openedAt: NOW - 15 * MINUTE } },
    does: OVERDUE,
  },
  {
    when: '[2] nobody answered the revert in time, and by now control breaches as well',
    facts: {
      verdicts: [breach({}, 'shared')],
      revert: { state: 'open', openedAt: NOW - 15 * MINUTE },
    },
    does: OVERDUE,
  },
  {
    when: '[2] nobody answered the revert in time, and by now many flags breach',
    facts: {
      verdicts: [breach()],
      outage: true,
      revert: { state: 'open', openedAt: NOW - 15 * MINUTE },
    },
    does: OVERDUE,
  },
  {
    when: '[2] a revert that still has time waits where control breaches as well',
    facts: {
      verdicts: [breach({}, 'shared')],
      revert: { state: 'open', openedAt: NOW - 14 * MINUTE },
    },
    does: {
      ...STANDING('hold breach-shared-with-control, tell'),
      progressing: 'pause breach-shared-with-control',
    },
  },
  {
    when: '[6] a revert of this entry is open, and nothing breaches any more',
    facts: { revert: { state: 'open', openedAt: NOW - 14 * MINUTE } },
    does: { progressing: 'hold revert-open until 2026-12-08T10:01:00Z' },
  },
  {
    when: '[6] a person closed the revert of this entry',
    facts: { revert: DECLINED },
    does: { progressing: 'hold revert-declined' },
  },
  {
    when: '[6] somebody closed the revert who may not decline it, and nothing breaches any more',
    facts: { revert: closed(14) },
    does: { progressing: 'hold revert-open until 2026-12-08T10:01:00Z' },
  },
  {
    when: 'the stage begins in the future by more than clocks differ',
    facts: { entryStart: NOW + 5 * MINUTE + 1 },
    does: { progressing: 'hold clock, tell' },
  },
  {
    when: '[7] the trial names a person to decide',
    facts: { trial: { does: 'pause', text: 'tie' } },
    does: { progressing: 'pause trial' },
  },
  {
    when: '[7] A wins',
    facts: { trial: { does: 'rollback', text: 'A wins' } },
    does: { progressing: 'rollback trial → internal by pull-request' },
  },
  {
    when: '[7] the provider of the trial does not answer',
    facts: { trial: { does: 'blind', text: 'conversion: no answer' } },
    does: { progressing: 'hold unavailable' },
  },
  {
    when: '[7] B wins',
    facts: { trial: { does: 'advance', text: 'B wins' } },
    does: { progressing: 'advance trial canary → early' },
  },
  {
    when: '[8] the dwell is not over',
    facts: { entryStart: NOW - DAY + 1 },
    does: { progressing: 'hold dwell until 2026-12-08T10:00:00Z' },
  },
  { when: '[8] the dwell is just over', facts: { entryStart: NOW - DAY }, does: {} },
  {
    when: '[9] a required check has too little data, before the longest time of the stage',
    facts: { verdicts: [pass(), lacking('too-few-samples')] },
    does: { progressing: 'hold insufficient until 2026-12-09T09:00:00Z' },
  },
  {
    when: '[9] a required check has too little data for the longest time of the stage',
    facts: { verdicts: [lacking('too-few-samples')], entryStart: NOW - 2 * DAY },
    does: { progressing: 'pause insufficient' },
  },
  {
    when: '[9] a required check has no data at all for the longest time of the stage',
    facts: { verdicts: [lacking('no-data')], entryStart: NOW - 2 * DAY },
    does: { progressing: 'hold insufficient, tell' },
  },
  {
    when: '[9] the control of a required check is silent for the longest time of the stage',
    facts: { verdicts: [lacking('silent-control')], entryStart: NOW - 2 * DAY },
    does: { progressing: 'hold insufficient, tell' },
  },
  {
    when: '[9] the events of a required check have vanished for the longest time of the stage',
    facts: { verdicts: [lacking('vanished')], entryStart: NOW - 2 * DAY },
    does: { progressing: 'pause insufficient' },
  },
  {
    when: '[9] a check that is not required has too little data',
    facts: { verdicts: [lacking('no-data', { required: false })] },
    does: {},
  },
  {
    when: '[9] a check that is not required is past its limit, though not for long enough',
    facts: { verdicts: [lacking('over-limit-briefly', { required: false })] },
    does: { progressing: 'hold insufficient until 2026-12-09T09:00:00Z' },
  },
  {
    when: '[10] it is past four in the afternoon',
    facts: { now: NOW + 6 * HOUR },
    does: {
      pending: 'hold outside-window until 2026-12-09T09:00:00Z',
      progressing: 'hold outside-window until 2026-12-09T09:00:00Z',
    },
  },
  {
    when: '[10] it is Friday',
    facts: { now: NOW + 3 * DAY },
    does: {
      pending: 'hold outside-window until 2026-12-14T09:00:00Z',
      progressing: 'hold outside-window until 2026-12-14T09:00:00Z',
    },
  },
  {
    when: '[10] there is a freeze',
    facts: { policy: policy({ freezes: [UNTIL_0930] }) },
    does: {
      pending: 'hold frozen until 2026-12-09T09:30:00Z',
      progressing: 'hold frozen until 2026-12-09T09:30:00Z',
    },
  },
  {
    when: '[11] auto_promote is off',
    rollout: { autoPromote: false },
    does: {
      pending: 'hold needs-promotion, tell',
      progressing: 'hold needs-promotion, tell',
    },
  },
  {
    when: '[11] the stage to come needs approvals that nobody gave',
    rollout: { stages: LADDER.map((each) => ({ ...each, approvals: 1 })) },
    does: { pending: 'hold needs-approval, tell', progressing: 'hold needs-approval, tell' },
  },
  {
    when: '[11] risk asks for an approval of the first stage alone',
    rollout: { risk: 'high' },
    does: { pending: 'hold needs-approval, tell' },
  },
  {
    when: '[11] a target cannot carry out what comes next',
    facts: { uncompiled: ['flags.yaml: no words for it'] },
    does: { pending: 'hold not-compiled, tell', progressing: 'hold not-compiled, tell' },
  },
  {
    when: '[11] a target cannot carry it out, and a person says promote all the same',
    facts: { uncompiled: ['flags.yaml: no words for it'], promoted: true },
    does: { pending: 'hold not-compiled, tell', progressing: 'hold not-compiled, tell' },
  },
  {
    when: '[11] no target holds up what goes back',
    facts: { uncompiled: ['flags.yaml: no words for it'], verdicts: [breach()] },
    does: BACK_A_STAGE_OR_HELD,
  },
  {
    when: '[12] the tick is a week late: one stage only',
    facts: { entryStart: NOW - 8 * DAY },
    does: {},
  },
];

describe.each(BY_PHASE)('when $when', ({ rollout: more, facts: given, does }) => {
  it.each(Object.keys(PHASES) as PhaseName[])('%s', (phase) => {
    const decision = decide({ ...PHASES[phase], ...more }, known(given));
    expect(inWords(decision)).toBe(does[phase] ?? QUIET[phase]);
  });
});

/* ---- What depends on more than the phase ---- */

interface Case {
  readonly when: string;
  readonly rollout?: Partial<Rollout>;
  readonly stage?: string;
  readonly facts?: Partial<Known>;
  readonly does: string;
}

const promoted = { promoted: true } as const;
const LOST = { trial: { does: 'rollback', text: 'A wins' } } as const;
const open = (minutes: number): Known['revert'] => ({
  state: 'open',
  openedAt: NOW - minutes * MINUTE,
});
const never = { ...rollout().rollback, commitAfter: 'never' } as const;
const byCommit = { ...rollout().rollback, via: 'commit' } as const;
const toOff = { ...rollout().rollback, to: 'off' } as const;
const approvedBy = (...people: string[]) =>
  status({
    phase: 'progressing',
    stage: 'canary',
    approvals: people.map((by) => ({ by, stage: 'early' })),
  });
const twoApprovals = LADDER.map((each) => ({ ...each, approvals: 2 }));
const named = (digest: string, started: string): Partial<Rollout> => ({
  ladder: { kind: 'named', name: 'mine', digest },
  status: status({ phase: 'progressing', stage: 'canary', ladder: started }),
});

const CASES: readonly Case[] = [
  // Where a breach leads.
  {
    when: 'a breach in the first stage goes to off',
    stage: 'internal',
    facts: { verdicts: [breach()] },
    does: 'rollback breach → off by pull-request',
  },
  {
    when: 'rollback.to: off goes to off from any stage',
    rollout: { rollback: toOff },
    stage: 'early',
    facts: { verdicts: [breach()] },
    does: 'rollback breach → off by pull-request',
  },
  {
    when: 'rollback.via: commit writes at once',
    rollout: { rollback: byCommit },
    facts: { verdicts: [breach()] },
    does: 'rollback breach → internal by commit',
  },
  {
    when: 'rollback.via: commit does not wait for a revert that is open',
    rollout: { rollback: byCommit },
    facts: { verdicts: [breach()], revert: open(1) },
    does: 'rollback breach → internal by commit',
  },
  {
    when: 'commit_after: never waits for a person, however long',
    rollout: { rollback: never },
    facts: { verdicts: [breach()], revert: open(100_000) },
    does: 'hold revert-open',
  },
  {
    when: 'commit_after: never offers again what was closed by somebody who may not decline it',
    rollout: { rollback: never },
    facts: { verdicts: [breach()], revert: closed(100_000) },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'commit_after: never waits for a person if that was closed and nothing breaches any more',
    rollout: { rollback: never },
    facts: { revert: closed(100_000) },
    does: 'hold revert-open, tell',
  },
  {
    when: 'commit_after: never waits too where nothing breaches any more',
    rollout: { rollback: never },
    facts: { revert: open(100_000) },
    does: 'hold revert-open',
  },
  {
    when: 'a revert that nobody answered degrades where every check that acts does',
    rollout: { checks: [check({ onBreach: 'degrade' }), check({ onBreach: 'pause' })] },
    facts: { revert: open(15) },
    does: 'degrade revert-open by commit',
  },
  {
    when: 'a revert that nobody answered rolls back where one check does',
    rollout: { checks: [check({ onBreach: 'degrade' }), check()] },
    facts: { revert: open(15) },
    does: 'rollback revert-open → internal by commit',
  },
  {
    when: 'one breach that rolls back outweighs one that degrades',
    facts: { verdicts: [breach({ onBreach: 'degrade' }), breach()] },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'one breach of its own outweighs one that control shares',
    facts: { verdicts: [breach({}, 'shared'), breach()] },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'in an outage one breach worse than control is enough to blame the flag',
    facts: { verdicts: [breach(), breach({}, 'worse')], outage: true },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'a person closed the revert, and one of two breaches is clearly worse',
    facts: {
      verdicts: [breach(), breach({}, 'worse', true)],
      revert: DECLINED,
    },
    does: 'hold revert-declined, tell',
  },
  {
    when: 'a breach in a stage that no longer exists goes to off',
    stage: 'gone',
    facts: { verdicts: [breach()] },
    does: 'rollback breach → off by pull-request',
  },
  // A breach outweighs everything that waits.
  {
    when: 'a breach does not wait for dwell, window, freeze, approvals or promotion',
    rollout: { autoPromote: false, stages: twoApprovals },
    facts: {
      verdicts: [breach()],
      now: NOW + 10 * HOUR,
      entryStart: NOW + 10 * HOUR - MINUTE,
      policy: policy({ freezes: [{ from: NOW, to: NOW + DAY }] }),
    },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'a breach outweighs a silent check, a warning and a blind one',
    facts: { verdicts: [blind(), warning(), lacking('silent-treatment'), breach()] },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'silence outweighs a warning',
    facts: { verdicts: [warning(), lacking('silent-treatment')] },
    does: 'pause silent-treatment',
  },
  {
    when: 'a breach that pauses outweighs a warning',
    facts: { verdicts: [warning(), breach({ onBreach: 'pause' })] },
    does: 'pause breach-pauses',
  },
  {
    when: 'a warning outweighs a blind check',
    facts: { verdicts: [blind(), warning()] },
    does: 'pause warning',
  },
  {
    when: 'on_breach: warn moves nothing',
    facts: { verdicts: [breach({ onBreach: 'warn' }), warning({ onBreach: 'warn' })] },
    does: 'advance dwell-over canary → early',
  },
  // A start that somebody moved.
  {
    when: 'its start was moved to come, so that nobody has it any more',
    rollout: { start: NOW + 1000 },
    does: 'hold not-yet-started until 2026-12-08T10:00:01Z',
  },
  {
    when: 'its start was moved to come, and somebody says promote',
    rollout: { start: NOW + 1000 },
    facts: promoted,
    does: 'hold not-yet-started until 2026-12-08T10:00:01Z',
  },
  {
    when: 'its start was moved, and has passed for less than the dwell',
    rollout: { start: NOW - HOUR },
    does: 'hold dwell until 2026-12-09T09:00:00Z',
  },
  {
    when: 'a breach does not wait for a start that was moved',
    rollout: { start: NOW + 1000 },
    facts: { verdicts: [breach()] },
    does: 'rollback breach → internal by pull-request',
  },
  // Blind.
  {
    when: 'blind in the grace period after the dwell tells nobody yet',
    facts: { verdicts: [blind()], entryStart: NOW - 25 * HOUR + 1 },
    does: 'hold unavailable',
  },
  {
    when: 'blind, on_blind: rollback, and a person closed the revert',
    facts: {
      verdicts: [blind()],
      revert: DECLINED,
      policy: policy({ onBlind: 'rollback' }),
    },
    does: 'hold unavailable, tell',
  },
  {
    when: 'blind, on_blind: rollback, and its revert is open',
    facts: { verdicts: [blind()], revert: open(14), policy: policy({ onBlind: 'rollback' }) },
    does: 'hold unavailable, tell',
  },
  {
    when: 'blind, on_blind: rollback, and its revert was open for long enough',
    facts: { verdicts: [blind()], revert: open(15), policy: policy({ onBlind: 'rollback' }) },
    does: 'rollback revert-open → internal by commit',
  },
  // Users are not split as asked.
  {
    when: 'lopsided, on_mismatch: hold, and a warning besides',
    facts: {
      split: LOPSIDED,
      verdicts: [warning()],
      policy: policy({ onMismatch: 'hold' }),
    },
    does: 'pause warning',
  },
  {
    when: 'lopsided, on_mismatch: rollback, and a person closed the revert',
    facts: {
      split: LOPSIDED,
      revert: DECLINED,
      policy: policy({ onMismatch: 'rollback' }),
    },
    does: 'hold sample-ratio, tell',
  },
  {
    when: 'lopsided, on_mismatch: rollback, and its revert is open',
    facts: { split: LOPSIDED, revert: open(14), policy: policy({ onMismatch: 'rollback' }) },
    does: 'hold sample-ratio, tell',
  },
  // What is odd holds, and somebody hears of it.
  { when: 'its stage is gone', stage: 'gone', does: 'hold unknown-stage, tell' },
  {
    when: 'its ladder is the one it started with',
    rollout: named('a', 'a'),
    does: QUIET.progressing,
  },
  { when: 'its ladder changed', rollout: named('b', 'a'), does: 'hold ladder-changed, tell' },
  {
    when: 'the ladder it is said to have started with Sluice did not write',
    rollout: named('a', 'a'),
    facts: { doubts: { approvals: [], ladder: 'Sluice did not write it' } },
    does: 'hold ladder-changed, tell',
  },
  {
    when: 'what it says that Sluice did not write keeps it from no step back',
    rollout: named('a', 'a'),
    facts: {
      doubts: { approvals: [], ladder: 'x', baseline: 'x' },
      verdicts: [breach()],
    },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'its named ladder became a list of stages',
    rollout: { ...named('a', 'a'), ladder: { kind: 'inline' } },
    does: 'hold ladder-changed, tell',
  },
  {
    when: 'a clock that is five minutes off is late, not wrong',
    facts: { entryStart: NOW + 5 * MINUTE },
    does: 'hold dwell until 2026-12-09T10:05:00Z',
  },
  // 7 to 9.
  {
    when: 'a way back does not wait for the dwell, the window or an approval',
    rollout: { autoPromote: false },
    facts: { ...LOST, entryStart: NOW, policy: policy({ freezes: [UNTIL_0930] }) },
    does: 'rollback trial → internal by pull-request',
  },
  {
    when: 'A wins where the file says commit and off',
    rollout: {
      rollback: { via: 'commit', to: 'off', commitAfter: 15 * MINUTE, autoMerge: true },
    },
    facts: LOST,
    does: 'rollback trial → off by commit',
  },
  {
    when: 'A wins, and its revert is open',
    facts: { ...LOST, revert: { state: 'open', openedAt: NOW - 14 * MINUTE } },
    does: 'hold revert-open until 2026-12-08T10:01:00Z',
  },
  {
    when: 'A wins, and nobody merged or declined its revert: back, though every check would degrade',
    facts: {
      ...LOST,
      verdicts: [pass({ onBreach: 'degrade' })],
      revert: { state: 'open', openedAt: NOW - 15 * MINUTE },
    },
    does: 'rollback revert-open → internal by commit',
  },
  {
    when: 'A wins, and somebody closed its revert who may not decline it',
    facts: { ...LOST, revert: closed(1) },
    does: 'rollback trial → internal by commit',
  },
  {
    when: 'A wins, and a person declined its revert',
    facts: { ...LOST, revert: DECLINED },
    does: 'hold revert-declined',
  },
  {
    when: 'a breach ends an experiment at once, though B wins',
    facts: { trial: { does: 'advance', text: 'B wins' }, verdicts: [breach()], entryStart: NOW },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'a warning pauses an experiment, though A wins',
    facts: { ...LOST, verdicts: [warning()] },
    does: 'pause warning',
  },
  {
    when: 'B wins early: the dwell is the least',
    facts: { trial: { does: 'advance', text: 'B wins' }, entryStart: NOW - DAY + 1 },
    does: 'hold dwell until 2026-12-08T10:00:00Z',
  },
  {
    when: 'B wins: proof that the checks pass does not shorten the dwell',
    rollout: { stages: LADDER.map((each) => ({ ...each, minDuration: HOUR })) },
    facts: {
      trial: { does: 'advance', text: 'B wins' },
      verdicts: [{ ...pass(), proven: true } as Verdict],
      entryStart: NOW - 2 * HOUR,
    },
    does: 'hold dwell until 2026-12-09T08:00:00Z',
  },
  {
    when: 'B wins, and a check still lacks data',
    facts: { trial: { does: 'advance', text: 'B wins' }, verdicts: [lacking('too-few-samples')] },
    does: 'hold insufficient until 2026-12-09T09:00:00Z',
  },
  {
    when: 'a trial that has not decided holds until the longest time of the stage',
    facts: { trial: { does: 'wait', text: 'B may win' } },
    does: 'hold trial until 2026-12-09T09:00:00Z',
  },
  {
    when: 'a trial that never decided pauses',
    facts: { trial: { does: 'wait', text: 'B may win' }, entryStart: NOW - 2 * DAY },
    does: 'pause insufficient',
  },
  {
    when: 'a cohort is not compared with control and need not be large',
    stage: 'internal',
    facts: {
      entryStart: NOW - 2 * DAY,
      verdicts: [lacking('no-control'), lacking('too-few-samples')],
    },
    does: 'advance dwell-over internal → canary',
  },
  {
    when: 'a cohort of which nothing is known holds',
    stage: 'internal',
    facts: { entryStart: NOW - 2 * DAY, verdicts: [lacking('no-data')] },
    does: 'hold insufficient until 2026-12-10T10:00:00Z',
  },
  {
    when: 'a randomised stage without a control holds',
    facts: { verdicts: [lacking('no-control')] },
    does: 'hold insufficient until 2026-12-09T09:00:00Z',
  },
  // 10 and 11.
  {
    when: 'completing waits for neither window nor freeze nor approval',
    stage: 'full',
    rollout: { autoPromote: false, stages: twoApprovals },
    facts: { now: NOW + 3 * DAY, entryStart: NOW, verdicts: [pass()] },
    does: 'complete dwell-over',
  },
  {
    when: 'the last stage has its dwell too',
    stage: 'full',
    facts: { entryStart: NOW - 2 * DAY + 1 },
    does: 'hold dwell until 2026-12-08T10:00:00Z',
  },
  {
    when: 'one of two approvals is not two',
    rollout: { stages: twoApprovals, status: approvedBy('ada') },
    does: 'hold needs-approval, tell',
  },
  {
    when: 'one person twice is one approval',
    rollout: { stages: twoApprovals, status: approvedBy('ada', 'ada') },
    does: 'hold needs-approval, tell',
  },
  {
    when: 'two people approved',
    rollout: { stages: twoApprovals, status: approvedBy('ada', 'bob') },
    does: QUIET.progressing,
  },
  {
    when: 'two people are listed, and one of them Sluice did not write',
    rollout: { stages: twoApprovals, status: approvedBy('ada', 'bob') },
    facts: { doubts: { approvals: [{ approval: { by: 'bob', stage: 'early' }, why: 'x' }] } },
    does: 'hold needs-approval, tell',
  },
  {
    when: 'what Sluice did not write is about another stage',
    rollout: { stages: twoApprovals, status: approvedBy('ada', 'bob') },
    facts: { doubts: { approvals: [{ approval: { by: 'bob', stage: 'full' }, why: 'x' }] } },
    does: QUIET.progressing,
  },
  {
    when: 'an approval of another stage does not count',
    rollout: {
      stages: twoApprovals,
      status: status({
        phase: 'progressing',
        stage: 'canary',
        approvals: [
          { by: 'ada', stage: 'full' },
          { by: 'bob', stage: 'canary' },
        ],
      }),
    },
    does: 'hold needs-approval, tell',
  },
  // Promote.
  {
    when: 'promote overrides the trial, the dwell, missing data, window, freeze and approvals',
    rollout: { autoPromote: false, stages: twoApprovals },
    facts: {
      ...promoted,
      now: NOW + 10 * HOUR,
      entryStart: NOW + 10 * HOUR,
      ...LOST,
      verdicts: [lacking('settling'), lacking('too-few-samples')],
      policy: policy({ freezes: [UNTIL_0930] }),
    },
    does: 'advance command canary → early',
  },
  {
    when: 'promote waits while a limit is broken, though not yet for long enough to be a breach',
    facts: { ...promoted, verdicts: [lacking('over-limit-briefly')] },
    does: 'hold insufficient',
  },
  {
    when: 'promote in the last stage completes',
    stage: 'full',
    facts: { ...promoted, entryStart: NOW },
    does: 'complete command',
  },
  {
    when: 'promote never overrides a breach',
    facts: { ...promoted, verdicts: [breach()] },
    does: 'rollback breach → internal by pull-request',
  },
  {
    when: 'promote never overrides a warning',
    facts: { ...promoted, verdicts: [warning()] },
    does: 'pause warning',
  },
  {
    when: 'promote never overrides a provider that cannot answer',
    facts: { ...promoted, verdicts: [blind()], entryStart: NOW },
    does: 'hold unavailable',
  },
  {
    when: 'promote never overrides a revert that is open',
    facts: { ...promoted, revert: open(1) },
    does: 'hold revert-open until 2026-12-08T10:14:00Z',
  },
  {
    when: 'promote never overrides the kill switch',
    rollout: { kill: true },
    facts: promoted,
    does: 'kill killed',
  },
  {
    when: 'promote never overrides a ladder that changed',
    rollout: named('b', 'a'),
    facts: promoted,
    does: 'hold ladder-changed, tell',
  },
];

it.each(CASES)('progressing: $when', ({ rollout: more, stage: name, facts: given, does }) => {
  const subject = rollout(more);
  const at: Rollout =
    name === undefined ? subject : { ...subject, status: { ...subject.status, stage: name } };
  expect(inWords(decide(at, known(given)))).toBe(does);
});

const START: readonly Case[] = [
  { when: 'nothing holds it', does: 'start healthy → internal' },
  {
    when: 'its start is to come',
    rollout: { start: NOW + 1000 },
    does: 'hold not-yet-started until 2026-12-08T10:00:01Z',
  },
  { when: 'its start is now', rollout: { start: NOW }, does: 'start healthy → internal' },
  {
    when: 'the environment before is not completed',
    rollout: { after: 'staging' },
    facts: { after: 'waiting' },
    does: 'hold waiting-for-environment',
  },
  {
    when: 'the environment before is completed',
    rollout: { after: 'staging' },
    facts: { after: 'completed' },
    does: 'start healthy → internal',
  },
  {
    when: 'the environment before is completed, and breaches a check',
    rollout: { after: 'staging' },
    facts: { after: 'breached' },
    does: 'hold waiting-for-environment',
  },
  {
    when: 'a line of the checklist says false',
    rollout: { unchecked: ['on_call_confirmed'] },
    does: 'hold checklist',
  },
  {
    when: 'a person took its start back',
    facts: { startReverted: true },
    does: 'hold start-reverted, tell',
  },
  {
    when: 'a person took its start back, and one says promote',
    facts: { ...promoted, startReverted: true },
    does: 'start command → internal',
  },
  { when: 'it has no stages', rollout: { stages: [] }, does: 'none unknown-stage' },
  {
    when: 'a person says promote in a freeze',
    rollout: { autoPromote: false, risk: 'high' },
    facts: { ...promoted, policy: policy({ freezes: [UNTIL_0930] }) },
    does: 'start command → internal',
  },
  {
    when: 'a person says promote before its start',
    rollout: { start: NOW + 1000 },
    facts: promoted,
    does: 'hold not-yet-started until 2026-12-08T10:00:01Z',
  },
  {
    when: 'a person says promote and the environment before breaches a check',
    rollout: { after: 'staging' },
    facts: { ...promoted, after: 'breached' },
    does: 'hold waiting-for-environment',
  },
  {
    when: 'a person says promote and the environment before is not completed',
    rollout: { after: 'staging' },
    facts: { ...promoted, after: 'waiting' },
    does: 'hold waiting-for-environment',
  },
  {
    when: 'its high risk is approved',
    rollout: {
      risk: 'high',
      status: status({ approvals: [{ by: 'ada', stage: 'internal' }] }),
    },
    does: 'start healthy → internal',
  },
];

it.each(START)('pending: $when', ({ rollout: more, facts: given, does }) => {
  expect(inWords(decide(rollout({ status: status(), ...more }), known(given)))).toBe(does);
});

it('is not completed where a target cannot carry that out', () => {
  const last = rollout({ status: status({ phase: 'progressing', stage: 'full' }) });
  const given = known({ entryStart: NOW - 3 * DAY, uncompiled: ['route.yaml: it is not there'] });
  expect(decide(last, { ...given, uncompiled: [] }).kind).toBe('complete');
  expect(decide(last, given)).toEqual({
    kind: 'hold',
    why: { code: 'not-compiled', text: 'users would not get it: route.yaml: it is not there' },
    tell: true,
  });
});

it.each<[string, Partial<Known>, string]>([
  ['what would go up holds', {}, 'hold'],
  ['what a person promotes holds too', { promoted: true }, 'hold'],
  ['what breaches goes back', { verdicts: [breach()] }, 'rollback'],
])('while the config has errors, %s', (_, given, does) => {
  const decision = decide(rollout(), known({ ...given, badConfig: true }));
  expect(decision.kind).toBe(does);
  if (does === 'hold') expect(decision.why.code).toBe('bad-config');
  if (given.verdicts === undefined) expect(decide(rollout(), known(given)).kind).toBe('advance');
});

it('says what an open revert offers', () => {
  const waiting = decide(rollout(), known({ verdicts: [breach()], revert: open(1) }));
  expect(waiting).toMatchObject({
    kind: 'hold',
    offered: { kind: 'rollback', to: { name: 'internal' }, lane: 'pull-request' },
  });
});

it('says what a person needs to know', () => {
  const text = (more: Partial<Rollout>, given: Partial<Known> = {}) =>
    decide(rollout(more), known(given)).why.text;
  const needy: readonly Stage[] = [stage('canary'), stage('early', { approvals: 2 })];
  expect(text({ stages: needy })).toBe('early needs 2 approvals of @acme/payments, and has 0');
  const doubts = {
    approvals: [{ approval: { by: 'bob', stage: 'early' }, why: 'its comment was edited' }],
    baseline: 'Sluice did not write it',
  };
  expect(text({ stages: needy, status: approvedBy('ada', 'bob') }, { doubts })).toBe(
    'early needs 2 approvals of @acme/payments, and has 1; the approval of bob does not count: its comment was edited, so bob must approve again',
  );
  expect(text({}, { doubts, verdicts: [lacking('no-baseline')] })).toBe(
    'latency: no baseline; `status.baseline` does not count: Sluice did not write it; only a promote goes on without it',
  );
  expect(text({}, { verdicts: [breach()] })).toBe(
    'latency is 1.5 s, and at most 1 s is allowed (max)',
  );
  expect(text({}, { verdicts: [pass(), pass(), blind({ required: false })] })).toBe(
    '1d 1h in canary, and 2 of 3 checks pass; not known: latency: unavailable',
  );
  const [kept, broken] = [
    { name: 'min', level: 'breach', threshold: 0, over: false },
    { name: 'max_ratio', level: 'breach', threshold: 1, over: true },
  ] as const;
  const ratio = breach();
  const harm = { ...ratio, evidence: { ...ratio.evidence, limits: [kept, broken] } };
  expect(text({}, { verdicts: [harm] })).toBe(
    'latency is 1.5 s, and at most 1 s is allowed (max_ratio)',
  );
  expect(text({}, { policy: policy({ freezes: [UNTIL_0930] }) })).toBe('frozen: Audit');
  expect(text({ status: status({ phase: 'paused', stage: 'canary', reason: 'a look' }) })).toBe(
    'paused (a look); say resume, restart or rollback',
  );
});

describe('a completed rollout whose metric is not what it was', () => {
  const drifting = (kind: 'drift' | 'steady' | 'insufficient'): Verdict => ({
    ...pass(),
    evidence: {
      ...pass().evidence,
      drift: {
        level: 0.6,
        over: DAY,
        points: 24,
        against: { pinned: 0.5, threshold: 0.525, kind },
      },
    },
  });

  it('is told of', () => {
    const decision = decide(PHASES.completed, known({ verdicts: [pass(), drifting('drift')] }));
    expect(inWords(decision)).toBe('hold drifted, tell');
    expect(decision.why.text).toBe(
      'latency has been 600 ms for 1d, was 500 ms on completion, and should be at most 525 ms',
    );
  });

  it('is a matter for rollback where it breaches, and for nobody where it is steady', () => {
    const decided = (...verdicts: readonly Verdict[]) =>
      inWords(decide(PHASES.completed, known({ verdicts })));
    expect(decided(drifting('drift'), breach())).toBe('rollback breach → early by pull-request');
    expect(decided(drifting('steady'))).toBe('none completed');
    expect(decided(drifting('insufficient'))).toBe('none completed');
  });
});

it('holds nothing for what is over a limit briefly, where a breach would only be told', () => {
  const brief = lacking('over-limit-briefly');
  const told = { ...brief, check: { ...brief.check, onBreach: 'warn' } } as Verdict;
  expect(decide(rollout(), known({ verdicts: [brief] })).kind).toBe('hold');
  expect(decide(rollout(), known({ verdicts: [told] })).kind).toBe('advance');
});

describe('a stage that may end early', () => {
  const hasty = rollout({
    stages: LADDER.map((each) => ({ ...each, minDuration: 12 * HOUR })),
  });
  const proven = { ...pass(), proven: true } as Verdict;
  const spent = (hours: number, ...verdicts: readonly Verdict[]): string =>
    inWords(decide(hasty, known({ entryStart: NOW - hours * HOUR, verdicts })));

  it('ends where every check is proven to keep to its limits', () => {
    expect(spent(12, proven)).toBe('advance dwell-over canary → early');
    expect(spent(11, proven)).toBe('hold dwell until 2026-12-08T11:00:00Z');
  });

  it('takes its time where one is not, or where there is none', () => {
    expect(spent(12, proven, pass())).toBe('hold dwell until 2026-12-08T22:00:00Z');
    expect(spent(12)).toBe('hold dwell until 2026-12-08T22:00:00Z');
  });
});
