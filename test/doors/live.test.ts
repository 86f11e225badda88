import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Outcome, shortcomings } from '../../scripts/demo-live/outcome.ts';
import { playLive } from '../../scripts/demo-live/play.ts';
import { storyteller } from '../../scripts/demo-live/tell.ts';
import { paintFor } from '../../src/tell/paint.ts';

/** The same story that `npm run demo:live` tells: real users over HTTP, real metrics, real time. */
describe('a rollout on live traffic', () => {
  const told: string[] = [];
  let outcome: Outcome;

  beforeAll(async () => {
    const listener = storyteller((text) => told.push(text), paintFor(false));
    try {
      outcome = await playLive({ listener, patience: 220_000 });
    } catch (cause) {
      throw new Error(`it did not come to its end:\n${told.join('\n')}`, { cause });
    }
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => void process.stderr.write(`${told.join('\n')}\n`));
  });

  it('climbs from 1 to 5 to 25 %, each step a commit with its evidence', () => {
    const moves = outcome.journal.moves.map(({ action, to }) => `${action} ${to}`);
    expect(moves).toEqual(['start canary', 'advance early', 'advance quarter', 'rollback off']);
    for (const { subject, evidence } of outcome.journal.moves.slice(1)) {
      expect(evidence.join('\n'), subject).toMatch(/^error-rate .*\nlatency-p95 /m);
    }
  });

  it('exposes about as many users as each stage says, and takes nobody out on the way up', () => {
    const [canary, early, quarter] = outcome.exposed.map(({ users }) => users / outcome.users);
    // Of 5,000 ids 1 % is 50, give or take 7; not each of them need have come by in time.
    expect(canary).toBeGreaterThan(0.004);
    expect(canary).toBeLessThan(0.016);
    expect(early).toBeGreaterThan(0.03);
    expect(early).toBeLessThan(0.065);
    expect(quarter).toBeGreaterThan(0.18);
    expect(quarter).toBeLessThan(0.28);
    expect(outcome.astray).toEqual([]);
  });

  it('is taken back after the fault, because the treatment fails more often than its control', () => {
    const { faultOn = 0, noticed = 0, reverted = 0, moves } = outcome.journal;
    expect(faultOn).toBeGreaterThan(0);
    // On a busy machine the tick that sees the fault may have begun before it, and measured after.
    expect(reverted).toBeGreaterThan(faultOn);
    expect(noticed).toBeGreaterThan(0);
    expect(reverted).toBeGreaterThan(noticed);
    expect(moves.at(-1)?.because).toMatch(/against .* \(control\), and at most .* is allowed/);
  });

  it('leaves nobody with the treatment, and the error rate as it was before', () => {
    const { safe = 0, errorRate, users, returned } = outcome;
    expect(safe).toBeLessThan(outcome.journal.seen.at(-1)?.at ?? 0);
    expect(returned).toBeGreaterThan(users / 2);
    expect(errorRate.during).toBeGreaterThan(errorRate.before);
    expect(errorRate.after).toBeLessThan(errorRate.before + 0.01);
  });

  it('hurts no more than the share of users who were exposed to it', () => {
    expect(outcome.hurt.requests).toBeGreaterThan(0);
    expect(outcome.hurt.ofIncident).toBeLessThan(0.25 / 3 + 0.04);
    expect(outcome.hurt.ofAll).toBeLessThan(0.05);
  });

  it('is all as the demo says it must be', () => {
    expect(shortcomings(outcome)).toEqual([]);
  });
});
