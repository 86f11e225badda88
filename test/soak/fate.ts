import type { Forge } from '../../src/forge/forge.ts';
import type { People } from './people.ts';
import type { Fate, Run, Together } from './process.ts';
import type { Random } from './random.ts';

/** When a run is to die, and whether somebody gets in between. */
export function drawFate(
  run: Run,
  people: People,
  draw: Random,
  together: Together | undefined,
): Fate {
  const dies = draw.chance(0.04)
    ? draw.pick(['anywhere', 'writing', 'written'] as const)
    : undefined;
  const intruders = draw.chance(0.1) ? draw.pick([1, 1, 2, 100]) : 0;
  let calls = draw.between(1, 12);
  let left = intruders;
  return {
    async before(call, args) {
      if (together) await together.turn();
      calls -= 1;
      const writes = call === 'commit' || call === 'propose';
      if (left === 0 || !(writes || calls === 0)) return;
      left -= 1;
      const changes = call === 'commit' ? (args as Parameters<Forge['commit']>)[2] : [];
      await people.intrude(
        changes.map(({ path }) => path),
        draw,
        run.now,
      );
    },
    after: () => together?.over(),
    dies(call) {
      const writes = call === 'commit' || call === 'propose' || call === 'withdraw';
      if (dies === 'anywhere' && calls <= 0) return 'before';
      if (dies === 'writing' && writes) return 'before';
      if (dies === 'written' && writes) return 'after';
      return undefined;
    },
  };
}
