import { afterEach, describe, expect, it } from 'vitest';
import { evidenceHolds, readTrailers } from '../../src/tell/commit.ts';
import { closeShops, flag, inStage, metrics, openShop } from '../support/shop.ts';

afterEach(closeShops);

const FILE = 'rollouts/checkout.yaml';

describe('a tick on GitHub', () => {
  it('commits a bump with its evidence and the compiled target, and says so', async () => {
    const shop = await openShop({
      [FILE]: flag('checkout', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });
    const ran = await shop.tick();
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const [bump, first] = await shop.repository.commits();
    expect(bump).toMatchObject({ oid: ran.outputs['commit-sha'], verified: true });
    expect(first?.message).toContain('Initial commit');
    expect(readTrailers(bump?.message ?? '')).toMatchObject([
      { key: 'checkout@production', action: 'advance', from: 'canary', to: 'quarter' },
    ]);
    expect(evidenceHolds(bump?.message ?? '')).toBe(true);
    const files = await shop.repository.files();
    expect(files[FILE]).toMatch(/^status: \{phase: progressing, stage: quarter,.*# where it is$/m);
    expect(files['flags/exposures.json']).toContain('"stage": "quarter"');
    expect(ran.outputs).toMatchObject({
      decision: 'advance',
      changed: 'true',
      'pull-requests': '[]',
    });
    expect(JSON.parse(ran.outputs.result ?? '')).toMatchObject({ 'schema-version': 1 });
    expect(ran.summary).toContain('Advance checkout');
  });

  it('with nothing to do asks GitHub twice and writes nothing', async () => {
    const shop = await openShop({
      [FILE]: flag('checkout', inStage('canary', 3)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });
    await shop.tick();
    shop.github.clearLog();
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'hold']);
    expect(shop.github.requests.map(({ operation }) => operation)).toHaveLength(2);
    expect(shop.github.writes()).toEqual([]);
  });
});
