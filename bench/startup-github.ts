import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node24 } from '../test/github/node24.ts';
import { closeShops } from '../test/support/shop.ts';
import { type Bench, bench } from './bench.ts';
import { compare } from './compare.ts';
import { serving, watchServer } from './github.ts';
import { openIdleShop } from './idle-shop.ts';
import { runProgram } from './program.ts';
import { withFolder } from './rollouts.ts';

const RUNS = 25;

/**
 * A tick that holds ten flags, against Node doing nothing: wall time less the time in which a
 * request was with GitHub. Git reading the checkout counts.
 */
export async function startupGithub(): Promise<readonly Bench[]> {
  const node = await node24();
  const shop = await openIdleShop();
  try {
    return await withFolder({ 'empty.mjs': '' }, async (dir) => {
      const empty = join(dir, 'empty.mjs');
      await writeFile(empty, '');
      const requests = watchServer();
      const env = { PATH: process.env.PATH, HOME: dir };
      const compared = await compare(RUNS, {
        reference: () => runProgram({ node, args: [empty], cwd: dir, env }),
        value: async () => {
          const from = requests.length;
          const { code, outputs, durationMs, log } = await shop.tick({ nodePath: node });
          if (code !== 0 || outputs.changed !== 'false') throw new Error(log);
          return durationMs - serving(requests.slice(from));
        },
      });
      return [bench('startup-github', { ...compared, unit: 'ms', target: 5 })];
    });
  } finally {
    await closeShops();
  }
}
