import { describe, expect, it } from 'vitest';
import type { TargetConfigOf } from '../../src/model/config.ts';
import { rollout, stage, status } from '../support/builders.ts';
import { startNginx } from '../support/nginx.ts';
import { openFile } from '../support/targets.ts';

const config = (flag: string): TargetConfigOf<'nginx'> => ({
  holds: 'traffic',
  type: 'nginx',
  path: 'nginx/checkout.conf',
  rollout: flag,
  environment: 'production',
  backends: { on: 'checkout_v2', off: 'checkout_v1' },
  variable: '$checkout_backend',
  key: '$cookie_uid',
});

const USERS = Array.from({ length: 4000 }, (_, i) => `user-${i}`);

interface Served {
  /** The users who reach the treatment. */
  readonly exposed: ReadonlySet<string>;
  /** Where those without a cookie go. */
  readonly nobody: string;
}

/** Asks as every user, through a real NGINX whose file was compiled at a percentage. */
async function serve(percentage: number, flag = 'new-checkout'): Promise<Served> {
  const subject = rollout({
    flag,
    key: `${flag}@production`,
    stages: [stage('canary', { percentage })],
    status: status({ phase: 'progressing', stage: 'canary' }),
  });
  const { files } = openFile(config(flag)).plan([{ kind: 'valid', rollout: subject }], undefined);
  const nginx = await startNginx(files[0]?.text ?? '', '$checkout_backend', [
    'checkout_v1',
    'checkout_v2',
  ]);
  try {
    const exposed = new Set<string>();
    for (let from = 0; from < USERS.length; from += 40) {
      await Promise.all(
        USERS.slice(from, from + 40).map(async (user) => {
          const backend = await nginx.ask(`uid=${user}; theme=dark`);
          if (backend === 'checkout_v2') exposed.add(user);
          else expect(backend).toBe('checkout_v1');
        }),
      );
    }
    return { exposed, nobody: await nginx.ask() };
  } finally {
    await nginx.stop();
  }
}

describe('[A6] a file for NGINX', () => {
  it('gives users their share, the same ones and more of them as it grows', async () => {
    let before: ReadonlySet<string> = new Set();
    for (const percentage of [0.5, 5, 25, 25, 99.99]) {
      const { exposed, nobody } = await serve(percentage);
      const share = percentage / 100;
      const deviation = Math.sqrt((share * (1 - share)) / USERS.length);
      expect(Math.abs(exposed.size / USERS.length - share)).toBeLessThan(4 * deviation);
      expect([...before].every((user) => exposed.has(user))).toBe(true);
      if (percentage === 25 && before.size > 500) expect(exposed).toEqual(before);
      // A hash of nothing would keep all of them on one side, and at any share on the first.
      expect(nobody).toBe('checkout_v1');
      before = exposed;
    }
  });

  it('is one that NGINX takes at both ends, where everybody is on one side', async () => {
    expect(await serve(0)).toEqual({ exposed: new Set(), nobody: 'checkout_v1' });
    expect(await serve(100)).toEqual({ exposed: new Set(USERS), nobody: 'checkout_v2' });
  });

  it('draws the users of each flag anew', async () => {
    const [one, other] = [await serve(50), await serve(50, 'new-search')];
    const both = [...one.exposed].filter((user) => other.exposed.has(user));
    expect(Math.abs(both.length / USERS.length - 0.25)).toBeLessThan(0.03);
  });
});
