import { afterAll, describe, expect, it } from 'vitest';
import { serversPerTest } from '../http/server.ts';
import { configOf, startMetricsHost } from '../support/metrics-host.ts';
import { CONFIG, closeShops, flag, inStage, openShop } from '../support/shop.ts';

afterAll(closeShops);

const start = serversPerTest();

/** A public repository with a flag that is due for its next stage, and a metrics host. */
async function open() {
  const host = await startMetricsHost(start, 0.002);
  const shop = await openShop({
    '.github/sluice.yml': configOf(host, CONFIG),
    'rollouts/checkout.yaml': flag('checkout', inStage('canary', 30)),
  });
  shop.github.user('mallory');
  shop.repository.setPermission('reader', 'read');
  const issue = shop.repository.openIssue({ title: 'Talk' });
  const say = async (user: string, text: string) => {
    await shop.say(issue, user, text);
    return (
      shop.repository
        .comments(issue)
        .at(-1)
        ?.body.replace(/^<!--.*-->\n/, '') ?? ''
    );
  };
  return { host, shop, say };
}

describe('somebody without write access', () => {
  it.each([
    ['mallory', '/rollout status', /`canary` \(1\/3\)/],
    ['mallory', '/rollout status checkout', /`canary` \(1\/3\)/],
    ['reader', '/rollout status', /`canary` \(1\/3\)/],
    ['mallory', '/rollout status nothing', /There is no rollout/],
    ['mallory', '/rollout promote checkout', /👎 .*may not say promote/],
    ['mallory', '/rollout help', /\/rollout status/],
  ])('%s says %s, and no metrics host is asked', async (user, text, answer) => {
    const { host, say } = await open();
    expect(await say(user, text)).toMatch(answer);
    expect(host.received).toEqual([]);
  });

  it('is told so, and sees neither checks nor what comes next', async () => {
    const { say } = await open();
    const reply = await say('mallory', '/rollout status');
    expect(reply).toMatch(/\| progressing \| `canary` \(1\/3\) \| 5 % \| — \| unknown/);
    expect(reply).toContain('The metrics were not read for `mallory`: it takes write access');
  });
});

describe('somebody with write access', () => {
  it.each(['/rollout status', '/rollout status checkout'])(
    'says %s and has the metrics read',
    async (text) => {
      const { host, say } = await open();
      const reply = await say('grace', text);
      expect(reply).toMatch(/1\/1 pass \| quarter .* at the next tick/);
      expect(reply).not.toContain('were not read');
      expect(host.received.length).toBeGreaterThan(0);
    },
  );

  it('who owns the flag has them read for a promotion', async () => {
    const { host, say } = await open();
    expect(await say('ada', '/rollout promote checkout')).toContain('🚀');
    expect(host.received.length).toBeGreaterThan(0);
  });
});
