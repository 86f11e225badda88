import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { readRolloutFile } from '../../src/files/read.ts';
import type { FileBeforeAfter, Touch } from '../../src/forge/forge.ts';
import type { Step, StepEdit } from '../../src/migrate/step.ts';
import { exposureOf } from '../../src/model/exposure.ts';
import { childOf, type Json } from '../../src/model/json.ts';
import { entryStarts, lookedAtFrom, type Restarts } from '../../src/repository/entry-start.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { NOW, rollout, status } from '../support/builders.ts';

const SINCE = NOW - 2 * DAY;

/** A commit on the file: when its clock says it was made, and what it did. */
interface Made {
  readonly at: Instant;
  readonly edit?: FileBeforeAfter;
  readonly cut?: boolean;
}

const file = (more: string, kill = ''): string => `flag: new-checkout
owners: ['@acme/payments']
stages: [{name: canary, percentage: 1, duration: 1d}, {name: full, percentage: 100, duration: 1d}]
checks: []
${kill}${more}`;

const IN_CANARY = 'status: {phase: progressing, stage: canary, since: 2026-12-06T10:00:00Z}\n';
const plain = file(IN_CANARY);

const BUMP: Made = { at: SINCE + 2_000, edit: { before: file(''), after: plain } };
const edit = (at: Instant, after: string, before = plain): Made => ({
  at,
  edit: { before, after },
});

/** The start of an entry whose file these commits touched, newest first. */
async function startOf(
  restarts: Restarts,
  made: readonly Made[],
  more = {},
  steps?: readonly Step[],
): Promise<Instant> {
  const touches = made.map(({ at, cut = false }, index): Touch => ({ oid: `c${index}`, at, cut }));
  const forge = {
    edits: async (touched: readonly { oid: string }[]) =>
      touched.map(({ oid }) => made[Number(oid.slice(1))]?.edit ?? {}),
  };
  const subject = rollout({
    status: status({ phase: 'progressing', stage: 'canary', since: SINCE, ...more }),
  });
  const config = { ...DEFAULT_CONFIG, environments: ['production'] };
  const [start] = await entryStarts(forge, [{ rollout: subject, touches, restarts }], {
    config,
    now: NOW,
    ...(steps ? { steps } : {}),
  });
  return start ?? Number.NaN;
}

const approved = file(IN_CANARY.replace('}', ', approvals: [{by: ada, stage: full}]}'));
const described = file(`description: One page\n${IN_CANARY}`);
const looser = plain.replace('checks: []', 'checks: [{metric: errors, max: 2%}]');
const killed = file(IN_CANARY, 'kill: true\n');
const wider = plain.replace('percentage: 1,', 'percentage: 2,');
const paused = plain.replace('progressing', 'paused');
const ANHOUR = NOW - HOUR;

describe('the clock of an entry', () => {
  it.each<{ what: string; made: readonly Made[]; up: Instant; down: Instant }>([
    { what: 'is that of the bump', made: [BUMP], up: SINCE, down: SINCE },
    {
      what: 'is not restarted by an approval',
      made: [edit(ANHOUR, approved), BUMP],
      up: SINCE,
      down: SINCE,
    },
    {
      what: 'is not restarted by a comment',
      made: [edit(ANHOUR, `# Soon\n${plain}`), BUMP],
      up: SINCE,
      down: SINCE,
    },
    {
      what: 'is restarted for the way up by any other edit, and not for the way down',
      made: [edit(ANHOUR, described), BUMP],
      up: ANHOUR,
      down: SINCE,
    },
    {
      what: 'looks behind an approval',
      made: [edit(NOW - MINUTE, approved), edit(ANHOUR, looser), BUMP],
      up: ANHOUR,
      down: SINCE,
    },
    {
      what: 'is restarted by an un-kill',
      made: [edit(ANHOUR, plain, killed), edit(ANHOUR - HOUR, killed), BUMP],
      up: ANHOUR,
      down: ANHOUR,
    },
    {
      what: 'is restarted by a change of who is served what',
      made: [edit(ANHOUR, wider), BUMP],
      up: ANHOUR,
      down: ANHOUR,
    },
    {
      what: 'is restarted by hand, with the word progressing',
      made: [edit(ANHOUR, plain, paused), BUMP],
      up: ANHOUR,
      down: ANHOUR,
    },
    {
      what: 'runs on for a breach when somebody pauses',
      made: [edit(ANHOUR, paused), BUMP],
      up: ANHOUR,
      down: SINCE,
    },
    {
      what: 'takes what nobody can read for a change on the way up, and for none on the way down',
      made: [{ at: ANHOUR }, BUMP],
      up: ANHOUR,
      down: SINCE,
    },
    {
      what: 'takes a file that was broken and mended for the same',
      made: [edit(ANHOUR, plain, 'flag: [\n'), BUMP],
      up: ANHOUR,
      down: SINCE,
    },
  ])('$what', async ({ made, up, down }) => {
    expect(await startOf('for-up', made)).toBe(up);
    expect(await startOf('for-down', made)).toBe(down);
  });

  it('does not believe a commit that says it is older than the one before it', async () => {
    // A human's git revert on a machine whose clock stands at 1970: the entry it goes back to began
    // four days ago, and its dwell would be long served.
    const bump = { at: NOW - 3 * HOUR, edit: { before: plain, after: wider } };
    const revert = edit(0, plain, wider);
    const before = { at: NOW - 4 * DAY };
    expect(await startOf('for-up', [revert, bump, before], { since: NOW - 4 * DAY })).toBe(
      NOW - 3 * HOUR,
    );
  });

  it('believes a date from the future of its own commit alone, and somebody is told', async () => {
    expect(await startOf('for-up', [edit(NOW + DAY, looser), BUMP])).toBe(NOW + DAY);
    // And goes by the next one's clock again.
    const mended = edit(ANHOUR, plain, looser);
    expect(await startOf('for-up', [mended, edit(NOW + DAY, looser), BUMP])).toBe(ANHOUR);
  });

  it('goes by the oldest commit it saw where all of them only approve', async () => {
    const made = Array.from({ length: 10 }, (_, i) => edit(NOW - (i + 1) * HOUR, approved));
    expect(await startOf('for-up', made)).toBe(NOW - 10 * HOUR);
  });

  it('cannot be told where history ends before it', async () => {
    expect(await startOf('for-up', [{ at: ANHOUR, cut: true }])).toBeNaN();
    expect(await startOf('for-up', [edit(ANHOUR, looser), { at: SINCE, cut: true }])).toBe(ANHOUR);
    expect(await startOf('for-up', [{ at: SINCE, cut: true }])).toBe(SINCE);
    expect(await startOf('for-down', [{ at: ANHOUR, cut: true }])).toBe(SINCE);
  });
});

describe('a migration, on the clock of an entry', () => {
  const step = (edits: (value: Json) => readonly StepEdit[], to = 1): Step => ({
    from: 1,
    to,
    says: 'Change it',
    ofConfig: () => [],
    ofRollout: ({ value }) => edits(value),
  });
  const withoutDefault = step(() => [{ path: ['bucket_by'], value: undefined }]);
  const fromCrew = (to: number): Step => step(() => [{ path: ['crew'], name: 'owners' }], to);
  /** What no step may do: it changes who is served. */
  const wrong = step((value) => {
    const share = childOf(childOf(childOf(value, 'stages'), 0), 'percentage');
    return share === 1 ? [{ path: ['stages', 0, 'percentage'], value: 2 }] : [];
  });
  const bucketed = file(`bucket_by: targetingKey\n${IN_CANARY}`);
  const crewed = plain.replace('owners:', 'crew:');

  it.each<{ what: string; steps: readonly Step[]; before: string; after: string; up: Instant }>([
    {
      what: 'is none where a step says the same in other words',
      steps: [withoutDefault],
      before: bucketed,
      after: plain,
      up: SINCE,
    },
    {
      what: 'is one where no step does that',
      steps: [],
      before: bucketed,
      after: plain,
      up: ANHOUR,
    },
    {
      what: 'is one where somebody changes something else with it',
      steps: [withoutDefault],
      before: bucketed,
      after: looser,
      up: ANHOUR,
    },
    {
      what: 'is one where an approval comes with it',
      steps: [withoutDefault],
      before: bucketed,
      after: approved,
      up: ANHOUR,
    },
    {
      what: 'is one where a step changes who is served',
      steps: [wrong],
      before: plain,
      after: wider,
      up: ANHOUR,
    },
    {
      what: 'is one where what it began with cannot be read',
      steps: [fromCrew(1)],
      before: crewed,
      after: plain,
      up: ANHOUR,
    },
    {
      what: 'is none where what it began with is of an older format',
      steps: [fromCrew(2)],
      before: crewed,
      after: plain,
      up: SINCE,
    },
    {
      what: 'is one where what comes of it cannot be read',
      steps: [step(() => [{ path: ['owners'], name: 'crew' }], 2)],
      before: plain,
      after: crewed,
      up: ANHOUR,
    },
  ])('$what', async ({ steps, before, after, up }) => {
    const made = [edit(ANHOUR, after, before), BUMP];
    expect(await startOf('for-up', made, {}, steps)).toBe(up);
    const down = after === wider ? ANHOUR : SINCE;
    expect(await startOf('for-down', made, {}, steps)).toBe(down);
  });

  it('is never none where users get something else, whatever steps do', async () => {
    const share = fc.constantFrom(1, 2, 5);
    const users = fc.constantFrom([], ['ada'], ['ada', 'bob']);
    const parts = fc.record(
      {
        kill: fc.boolean(),
        cap: fc.constantFrom(2, 50, 100),
        allow: users,
        block: users,
        bucket_by: fc.constantFrom('targetingKey', 'account'),
        stages: fc.tuple(share, share).map(([one, two]) => [
          { name: 'canary', percentage: one, duration: '1d' },
          { name: 'early', percentage: two, duration: '1d' },
        ]),
        status: fc.record({
          phase: fc.constantFrom('progressing', 'paused'),
          stage: fc.constantFrom('canary', 'early'),
          serving: fc.constantFrom('treatment', 'fallback'),
        }),
        control: fc.constantFrom('off', 'none'),
      },
      { requiredKeys: ['stages', 'status'] },
    );
    const config = { ...DEFAULT_CONFIG, environments: ['production'] };
    const path = 'rollouts/new-checkout.yaml';
    const exposed = (text: string) => {
      const source = readRolloutFile(path, text, config);
      return source.kind === 'valid' ? exposureOf(source.rollout) : undefined;
    };
    const variants = { on: true, off: false, none: false };
    const base = { flag: 'new-checkout', owners: ['@acme/payments'], checks: [], variants };
    let differed = 0;
    const property = fc.asyncProperty(parts, parts, async (one, other) => {
      const [before, after] = [one, other].map((each) => JSON.stringify({ ...base, ...each }));
      const [old, young] = [exposed(before ?? ''), exposed(after ?? '')];
      if (isDeepStrictEqual(old, young)) return;
      differed += 1;
      // A step that makes exactly this edit, as a wrong one might.
      const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
      const asOther = [...keys].map((key) => ({ path: [key], value: childOf(other, key) }));
      const made = [{ at: ANHOUR, edit: { before: before ?? '', after: after ?? '' } }, BUMP];
      expect(await startOf('for-up', made, {}, [step(() => asOther)])).toBe(ANHOUR);
    });
    await fc.assert(property, { numRuns: 150 });
    expect(differed).toBeGreaterThan(50);
  });
});

describe('what checks look at', () => {
  const FIVE = 5 * MINUTE;
  it.each([
    ['begins with the entry', NOW - HOUR, NOW - HOUR],
    ['waits for an entry that begins in five minutes, as clocks differ', NOW + FIVE, NOW + FIVE],
    ['is the last day of one that is to begin later than that', NOW + FIVE + 1, NOW - DAY],
    ['is the last day of one without a date', 0, NOW - DAY],
  ])('%s', (_, start, from) => {
    expect(lookedAtFrom(start, NOW)).toBe(from);
  });
});
