import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/time.ts';
import { configText, type House } from './files.ts';
import { type Judged, type Move, objections } from './model.ts';
import { type Check, type Flag, readFlag, readRules } from './read.ts';

/** A Tuesday at ten. */
const NOW = Date.UTC(2026, 5, 2, 10);

const HOUSE: House = {
  environments: ['production'],
  timezone: 'UTC',
  days: ['mon', 'tue', 'wed', 'thu'],
  hours: '09:00-16:00',
  freezes: [],
  onBlind: 'hold',
  rollback: '{via: commit}',
  quarter: 2,
};

function rules(more: Partial<House> = {}) {
  const read = readRules(configText({ ...HOUSE, ...more }));
  if (!read) throw new Error('the config of the test is broken');
  return read;
}

/** A flag with stages of an hour: canary, half (one approval) and full. */
function flag(status: string, more = ''): Flag {
  const text = `# What it is about.
flag: x
risk: low
stages:
  - {name: canary, percentage: 5, duration: 1h}
  - {name: half, percentage: 50, duration: 1h, approvals: 1}
  - {name: full, percentage: 100, duration: 1h}
checks: [errors]
${more}status: {${status}}   # where it is
`;
  const read = readFlag(text, rules());
  if (!read) throw new Error('the flag of the test is broken');
  return read;
}

const since = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString();
const inCanary = (more = '') =>
  flag(`phase: progressing, stage: canary, since: '${since(90)}'${more}`);
const inHalf = (more = '') => flag(`phase: progressing, stage: half, since: '${since(0)}'${more}`);
const YES = ', approvals: [{by: ada, stage: half}]';
const ERRORS: Check = { metric: 'errors', onBreach: 'rollback', required: true, lasts: 0 };

const healthy: readonly Judged[] = [{ check: ERRORS, health: 'good', lasted: false }];
const breach: readonly Judged[] = [{ check: ERRORS, health: 'bad', lasted: true }];
const being = (health: Judged['health']): readonly Judged[] => [
  { check: ERRORS, health, lasted: false },
];

/** From canary to half, approved, after an hour and a half, healthy, on a Tuesday at ten. */
const ADVANCE: Move = {
  before: inCanary(YES),
  after: inHalf(),
  by: 'tick',
  now: NOW,
  rules: rules(),
  checks: healthy,
  changed: { at: NOW - 90 * MINUTE, merged: false },
  revert: 'none',
  firstCompleted: true,
};

const OFF = flag(`phase: rolled-back, since: '${since(0)}', serving: control`);
const ROLLBACK: Move = { ...ADVANCE, after: OFF, checks: breach };

describe('the model', () => {
  it.each<readonly [string, Move]>([
    ['an advance that is due', ADVANCE],
    ['a rollback on a breach', ROLLBACK],
    [
      'a pause on a warning',
      {
        ...ADVANCE,
        after: flag(`phase: paused, stage: canary, since: '${since(90)}'${YES}`),
        checks: being('warn'),
      },
    ],
    [
      'a promote of an owner, before its time',
      {
        ...ADVANCE,
        by: 'promote',
        user: 'ada',
        before: inCanary(),
        changed: { at: NOW, merged: false },
        now: NOW + 9 * HOUR,
      },
    ],
    [
      'a kill of somebody who may write',
      { ...ADVANCE, by: 'kill', user: 'grace', after: { ...ADVANCE.before, kill: true } },
    ],
  ])('allows %s', (_, move) => {
    expect(objections(move)).toEqual([]);
  });

  it.each<readonly [string, Partial<Move>]>([
    ['up while errors is bad', { checks: breach }],
    ['up while errors is warn', { checks: being('warn') }],
    ['up without a pass of errors', { checks: being('lacking') }],
    ['up while nothing is known of errors', { checks: being('dark') }],
    [
      'up from progressing canary to progressing full',
      { after: flag(`phase: progressing, stage: full, since: '${since(0)}'`) },
    ],
    [
      'started though a person took its start back',
      { before: flag('phase: pending'), after: inCanary(), startReverted: 'yes' },
    ],
    ['up after 30 minutes in canary', { changed: { at: NOW - 30 * MINUTE, merged: false } }],
    ['up with 0 of 1 approvals', { before: inCanary() }],
    ['up outside the window, or in a freeze', { now: NOW + 7 * HOUR }],
    ['up outside the window, or in a freeze', { rules: rules({ days: ['mon'] }) }],
    [
      'up outside the window, or in a freeze',
      { rules: rules({ freezes: [{ from: '2026-06-01', to: '2026-06-02' }] }) },
    ],
    ['up while its revert is open', { revert: 'open' }],
    ['up while its revert is declined', { revert: 'declined' }],
    ['up a ladder that changed', { ladderBefore: '[]' }],
    [
      'moved a killed flag',
      { before: { ...ADVANCE.before, kill: true }, after: { ...inHalf(), kill: true } },
    ],
    ['touched the kill switch', { before: { ...ADVANCE.before, kill: true } }],
    [
      'up from paused canary to progressing half',
      { before: { ...ADVANCE.before, phase: 'paused' } },
    ],
    [
      'up from rolled-back canary to progressing half',
      { before: { ...ADVANCE.before, phase: 'rolled-back' } },
    ],
    ['up though a person must promote it', { before: { ...ADVANCE.before, autoPromote: false } }],
    [
      'changed more than the status',
      { after: { ...inHalf(), text: inHalf().text.replace('is about', 'was about') } },
    ],
    [
      'lost # where it is',
      { after: { ...inHalf(), text: inHalf().text.replace('   # where it is', '') } },
    ],
    ['left a file that cannot be read', { after: undefined }],
    [
      'left progressing: in the stage gone, which does not exist',
      { after: flag(`phase: progressing, stage: gone, since: '${since(0)}'`) },
    ],
    ['paused a flag that nothing is wrong with', { after: { ...ADVANCE.before, phase: 'paused' } }],
    [
      'changed progressing canary to progressing canary for no reason',
      { after: { ...ADVANCE.before, since: NOW } },
    ],
    ['took back a flag that nothing is wrong with', { after: OFF }],
  ])('objects: %s', (objection, change) => {
    expect(objections({ ...ADVANCE, ...change })).toContain(objection);
  });

  it.each<readonly [string, Partial<Move>]>([
    ['took back a flag that nothing is wrong with', { checks: being('dark') }],
    [
      'took back a flag that nothing is wrong with',
      { changed: { at: NOW - 3 * MINUTE, merged: true } },
    ],
    ['took back what a person said no to', { revert: 'declined' }],
    ['committed without waiting', { before: { ...ADVANCE.before, via: 'pull-request' } }],
    [
      'committed without waiting',
      {
        before: { ...ADVANCE.before, via: 'pull-request' },
        revert: 'open',
        revertOpenedAt: NOW - 10 * MINUTE,
      },
    ],
    ['moved a killed flag', { before: { ...ADVANCE.before, kill: true } }],
  ])('objects to a rollback: %s', (objection, change) => {
    expect(objections({ ...ROLLBACK, ...change })).toContain(objection);
  });

  it.each<readonly [string, Partial<Move>]>([
    [
      'obeyed mallory, who may not say kill',
      { by: 'kill', user: 'mallory', after: { ...ADVANCE.before, kill: true } },
    ],
    ['obeyed grace, who may not say promote', { by: 'promote', user: 'grace' }],
    ['up while errors is bad', { by: 'promote', user: 'ada', checks: breach }],
    ['up while its revert is open', { by: 'promote', user: 'ada', revert: 'open' }],
    ['pause made progressing canary progressing half', { by: 'pause', user: 'ada' }],
    ['resume made progressing canary progressing half', { by: 'resume', user: 'ada' }],
  ])('objects to a command: %s', (objection, change) => {
    expect(objections({ ...ADVANCE, ...change })).toContain(objection);
  });
});
