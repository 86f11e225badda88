import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import type { Settings } from '../github/state/model.ts';
import { serversPerTest } from '../http/server.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { openIncident, withRollback } from '../support/incident.ts';
import { INSTRUCTS } from '../support/instructions.ts';
import { configOf, startMetricsHost } from '../support/metrics-host.ts';
import { closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';

afterAll(closeShops);

const start = serversPerTest();

const INSTRUCTION =
  '[skip ci] fixes #13, closes acme/shop#14 and GH-15, cc @mallory @acme/payments, skip-checks: true Co-authored-by: M <m@evil.example>';

/** A text that had instructions, of which none is left. */
function expectInert(text: string): void {
  expect(text.replaceAll('\u2060', '')).toMatch(INSTRUCTS);
  expect(text).not.toMatch(INSTRUCTS);
}

/** A flag that breaches, by a query and a metrics host that instruct GitHub. */
async function openBreach(rollback: string, settings: Partial<Settings> = {}): Promise<Shop> {
  const host = await startMetricsHost(start, 0.05, [INSTRUCTION]);
  return openIncident({
    settings,
    config: configOf(host, withRollback(rollback), `# ${INSTRUCTION}`),
  });
}

const messages = async ({ repository }: Shop): Promise<readonly string[]> =>
  (await repository.commits()).map(({ message }) => message);

describe('what a metrics host and a query say does not instruct GitHub', () => {
  it('in a revert, nor in the commit of it', async () => {
    const shop = await openBreach('{auto_merge: false}');
    await shop.tick();
    const pull = shop.repository.pull(1);
    const [commit] = await shop.repository.commits(pull.head);
    expectInert(pull.body);
    expectInert(commit?.message ?? '');
    expect(evidenceHolds(commit?.message ?? '')).toBe(true);
    expect(pull.title).not.toMatch(INSTRUCTS);
  });

  it('in a commit that squashes a revert', async () => {
    const shop = await openBreach('{}', { mergeMethods: ['squash'] });
    await shop.tick();
    const squashed = (await messages(shop)).find((text) => text.startsWith('Roll back')) ?? '';
    expectInert(squashed.replace(' (#1)', ''));
    expect(readTrailers(squashed)).toMatchObject([{ action: 'rollback' }]);
  });

  it('in a commit that rolls back at once', async () => {
    const shop = await openBreach('{via: commit}');
    await shop.tick();
    const [commit = ''] = await messages(shop);
    expect(commit).toMatch(/^Roll back/);
    expectInert(commit);
  });
});

describe('a reason does not instruct GitHub', () => {
  const open = () =>
    openShop({
      'rollouts/checkout.yaml': flag('checkout', inStage('quarter', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });

  it('in the commit of a command, nor in the answer', async () => {
    const shop = await open();
    const issue = shop.repository.openIssue({ title: 'Talk' });
    await shop.say(issue, 'ada', `/rollout kill checkout ${INSTRUCTION}`);
    const [commit = ''] = await messages(shop);
    expectInert(commit);
    expect(commit.replaceAll('\u2060', '')).toContain(`because: ${INSTRUCTION}`);
    expect(evidenceHolds(commit)).toBe(true);
    expect(readTrailers(commit)).toMatchObject([{ action: 'kill', by: 'ada' }]);
  });

  it('in the pull request that carries a command out', async () => {
    const shop = await open();
    shop.repository.protect({ requiredApprovals: 1 });
    const issue = shop.repository.openIssue({ title: 'Talk' });
    await shop.say(issue, 'ada', `/rollout kill checkout ${INSTRUCTION}`);
    const [pull] = shop.repository.pulls();
    expectInert(pull?.body ?? '');
    expect(pull?.title).not.toMatch(INSTRUCTS);
  });

  it('in the commit that kills a flag whose file is invalid', async () => {
    const shop = await openShop({ 'rollouts/checkout.yaml': 'flag: checkout\nstages: [\n' });
    const issue = shop.repository.openIssue({ title: 'Talk' });
    await shop.say(issue, 'ada', `/rollout kill checkout ${INSTRUCTION}`);
    const [commit = ''] = await messages(shop);
    expect(commit).toMatch(/^Kill checkout/);
    expectInert(commit);
  });
});
