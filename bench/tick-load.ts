import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node24 } from '../test/github/node24.ts';
import { closeShops } from '../test/support/shop.ts';
import { type Bench, limited } from './bench.ts';
import { openIdleShop } from './idle-shop.ts';
import { withFolder } from './rollouts.ts';

const HOOK = new URL('loaded.mjs', import.meta.url);

/** What of dist/ a tick with nothing to do loads, in kilobytes of 1,000 bytes. */
export async function tickLoad(): Promise<readonly Bench[]> {
  const shop = await openIdleShop();
  try {
    return await withFolder({}, async (dir) => {
      const list = join(dir, 'loaded.json');
      const env = { NODE_OPTIONS: `--import=${HOOK}`, SLUICE_LOADED: list };
      const { code, outputs, log } = await shop.tick({ nodePath: await node24(), env });
      if (code !== 0 || outputs.changed !== 'false') throw new Error(log);
      const urls = JSON.parse(await readFile(list, 'utf8')) as readonly string[];
      const files = urls.filter((url) => url.includes('/dist/')).map((url) => fileURLToPath(url));
      const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      return [limited('tick-load', bytes / 1000, 'KB', 660)];
    });
  } finally {
    await closeShops();
  }
}
