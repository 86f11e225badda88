import { describe, expect, it } from 'vitest';
import {
  approved,
  type FieldChange,
  paused,
  restarted,
  resumed,
  transition,
  unkilled,
} from '../../src/decide/transition.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { DAY } from '../../src/time.ts';
import { apply } from '../support/apply.ts';
import { gauge, LADDER, NOW, pass, rollout, status } from '../support/builders.ts';

const why = { code: 'breach', text: 'latency is past its max' } as const;
const AT = '2026-12-08T10:00:00Z';
const [internal, canary, early, full] = LADDER as readonly [
  (typeof LADDER)[0],
  (typeof LADDER)[0],
  (typeof LADDER)[0],
  (typeof LADDER)[0],
];

/** The changes as `path: value`, what is removed as `path: –`. */
function inWords(changes: readonly FieldChange[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map(({ path, value }) => [path.join('.'), value === undefined ? '–' : value]),
  );
}

const changes = (
  decision: Decision,
  subject: Rollout = rollout(),
  verdicts: readonly Verdict[] = [],
) => inWords(transition(subject, decision, verdicts, NOW));

const named: Rollout['ladder'] = { kind: 'named', name: 'mine', digest: '0123456789ab' };
const busy = rollout({
  ladder: named,
  status: status({
    phase: 'progressing',
    stage: 'canary',
    approvals: [
      { by: 'ada', stage: 'early' },
      { by: 'bob', stage: 'full' },
    ],
    reason: 'resumed',
  }),
});

describe('a decision', () => {
  it.each<Decision>([
    { kind: 'none', why },
    { kind: 'hold', why, tell: true },
    { kind: 'kill', why },
  ])('to $kind changes nothing', (decision) => {
    expect(transition(busy, decision, [], NOW)).toEqual([]);
  });

  it('to start writes where and when, and which ladder it goes by', () => {
    const pending = rollout({
      ladder: named,
      status: status({ approvals: [{ by: 'ada', stage: 'internal' }] }),
    });
    expect(changes({ kind: 'start', to: internal, why }, pending)).toEqual({
      'status.phase': 'progressing',
      'status.stage': 'internal',
      'status.since': AT,
      'status.started': AT,
      'status.ladder': '0123456789ab',
      'status.serving': '–',
      'status.baseline': '–',
      'status.reason': '–',
      'status.approvals': '–',
    });
    expect(changes({ kind: 'start', to: internal, why })['status.ladder']).toBe('–');
  });

  it('to advance begins a new entry and uses its approvals up', () => {
    expect(changes({ kind: 'advance', from: canary, to: early, why }, busy)).toEqual({
      'status.stage': 'early',
      'status.since': AT,
      'status.reason': '–',
      'status.approvals': [{ by: 'bob', stage: 'full' }],
    });
  });

  it('to expose everyone pins the levels that there is no control for any more', () => {
    const evidence = pass().evidence;
    const measured: Verdict[] = [
      { ...pass(), evidence: { ...evidence, control: 3, baseline: { from: 'control', value: 4 } } },
      { ...pass({ metric: gauge({ name: 'load' }) }), evidence: { ...evidence, control: 5 } },
      pass({ metric: gauge({ name: 'cost' }) }),
    ];
    const toFull: Decision = { kind: 'advance', from: early, to: full, why };
    expect(changes(toFull, busy, measured)['status.baseline']).toEqual({ latency: 4, load: 5 });
    expect(changes(toFull, busy)).not.toHaveProperty(['status.baseline']);
    const toEarly: Decision = { kind: 'advance', from: canary, to: early, why };
    expect(changes(toEarly, busy, measured)).not.toHaveProperty(['status.baseline']);
  });

  it('to complete keeps where and since when', () => {
    expect(changes({ kind: 'complete', why })).toEqual({
      'status.phase': 'completed',
      'status.reason': '–',
    });
  });

  it('to complete pins what the treatment is like, where a check looks at drift', () => {
    const drift = { by: 0.05, over: DAY };
    const { evidence } = pass();
    const looked = { over: DAY, points: 24, level: 0.4 };
    const measured: Verdict[] = [
      { ...pass({ drift }), evidence: { ...evidence, drift: looked } },
      pass({ drift, metric: gauge({ name: 'load' }) }),
      pass({ metric: gauge({ name: 'cost' }) }),
    ];
    const completed = changes({ kind: 'complete', why }, rollout(), measured);
    expect(completed['status.levels']).toEqual({ latency: 0.4, load: 0.5 });
  });

  it('to pause begins no new entry', () => {
    expect(changes({ kind: 'pause', why })).toEqual({
      'status.phase': 'paused',
      'status.reason': why.text,
    });
  });

  it('to roll back a stage serves the treatment there, approves nothing and says why', () => {
    expect(changes({ kind: 'rollback', to: internal, lane: 'commit', why }, busy)).toEqual({
      'status.phase': 'rolled-back',
      'status.stage': 'internal',
      'status.entry': 2,
      'status.since': AT,
      'status.serving': '–',
      'status.approvals': '–',
      'status.reason': why.text,
    });
  });

  it('to roll back to off serves the control in no stage', () => {
    expect(changes({ kind: 'rollback', lane: 'pull-request', why }, busy)).toMatchObject({
      'status.phase': 'rolled-back',
      'status.stage': '–',
      'status.serving': 'control',
    });
  });

  it('to degrade serves the fallback in the same stage', () => {
    expect(changes({ kind: 'degrade', lane: 'commit', why })).toEqual({
      'status.phase': 'degraded',
      'status.entry': 2,
      'status.since': AT,
      'status.serving': 'fallback',
      'status.approvals': '–',
      'status.reason': why.text,
    });
  });
});

describe('a command', () => {
  it('to resume begins a new entry, by the ladder as it is now', () => {
    const degraded = rollout({
      ladder: named,
      status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback', ladder: 'old' }),
    });
    expect(inWords(resumed(degraded, NOW))).toEqual({
      'status.phase': 'progressing',
      'status.entry': 2,
      'status.since': AT,
      'status.serving': '–',
      'status.reason': '–',
      'status.ladder': '0123456789ab',
    });
  });

  it('to resume what is off starts anew', () => {
    const off = rollout({ status: status({ phase: 'rolled-back', serving: 'control' }) });
    expect(resumed(off, NOW)).toEqual(restarted(off));
  });

  it('to restart leaves nothing of the status', () => {
    expect(apply(busy, restarted(busy)).status).toEqual(status({ entry: 2 }));
  });

  it('to pause says who or why', () => {
    expect(inWords(paused('a look'))).toEqual({
      'status.phase': 'paused',
      'status.reason': 'a look',
    });
  });

  it('to approve adds to what is there, and to a file that has no status', () => {
    expect(inWords(approved(busy, { by: 'cy', stage: 'early' }))['status.approvals']).toEqual([
      { by: 'ada', stage: 'early' },
      { by: 'bob', stage: 'full' },
      { by: 'cy', stage: 'early' },
    ]);
    const pending = rollout({ status: status() });
    expect(apply(pending, approved(pending, { by: 'cy', stage: 'internal' })).status).toEqual(
      status({ approvals: [{ by: 'cy', stage: 'internal' }] }),
    );
  });

  it('to approve takes the place of what the same person had for that stage, and keeps what sets each apart', () => {
    const listed = [
      { by: 'ada', stage: 'early' },
      { by: 'ada', stage: 'full', comment: 7 },
      { by: 'bob', stage: 'early', at: '2026-12-08T09:00:00Z' },
    ];
    const some = { ...busy, status: { ...busy.status, approvals: listed } };
    expect(inWords(approved(some, { by: 'ada', stage: 'early', comment: 9 }))).toMatchObject({
      'status.approvals': [listed[1], listed[2], { by: 'ada', stage: 'early', comment: 9 }],
    });
  });

  it('to un-kill begins a new entry, where it is in one', () => {
    expect(inWords(unkilled(busy, NOW))).toEqual({
      kill: '–',
      'status.entry': 2,
      'status.since': AT,
    });
    expect(inWords(unkilled(rollout({ status: status() }), NOW))).toEqual({ kill: '–' });
  });
});
