import { flag, inStage, metrics, openShop, type Shop } from '../test/support/shop.ts';

const FLAGS = Array.from({ length: 10 }, (_, index) => `flag-${index}`);

/** A repository on the tests' GitHub with ten flags that hold, and compiled: a tick has nothing to do. */
export async function openIdleShop(): Promise<Shop> {
  const shop = await openShop({
    'metrics.csv': metrics(Object.fromEntries(FLAGS.map((name) => [name, 0.001]))),
    ...Object.fromEntries(
      FLAGS.map((name) => [`rollouts/${name}.yaml`, flag(name, inStage('quarter', 3))]),
    ),
    // Made by the first tick otherwise, which then would have something to do.
    'flags/exposures.json': '',
  });
  await shop.tick();
  return shop;
}
