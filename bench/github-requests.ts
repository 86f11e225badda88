import { closeShops, flag, inStage, metrics, openShop } from '../test/support/shop.ts';
import { type Bench, limited } from './bench.ts';

/** Requests of a tick with nothing to do, and of ticks that bump one flag and a thousand. */
export async function githubRequests(): Promise<readonly Bench[]> {
  try {
    return [
      limited('github-requests/nothing', await requestsFor(1, 3), 'requests', 2),
      limited('github-requests/1', await requestsFor(1, 30), 'requests', allowed(1)),
      limited('github-requests/1000', await requestsFor(1000, 30), 'requests', allowed(1000)),
    ];
  } finally {
    await closeShops();
  }
}

const allowed = (flags: number): number => 6 + Math.ceil(flags / 100);

/** The requests of a tick about flags that are in their stage of a day since so many hours. */
async function requestsFor(flags: number, hours: number): Promise<number> {
  const names = Array.from({ length: flags }, (_, index) => `flag-${index}`);
  const shop = await openShop({
    'metrics.csv': metrics(Object.fromEntries(names.map((name) => [name, 0.001]))),
    ...Object.fromEntries(
      names.map((name) => [`rollouts/${name}.yaml`, flag(name, inStage('canary', hours))]),
    ),
  });
  const moves = hours > 24;
  // A tick that moves nothing makes the target, once.
  if (!moves) await shop.tick();
  shop.github.clearLog();
  const { code, outputs, log } = await shop.tick({ timeoutMs: 120_000 });
  if (code !== 0 || outputs.decision !== (moves ? 'advance' : 'hold')) throw new Error(log);
  return shop.github.count();
}
