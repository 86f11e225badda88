import { readdirSync, readFileSync } from 'node:fs';
import { readConfigFile, readRolloutFile } from '../../src/commands/read.ts';
import type { Config } from '../../src/config/model.ts';
import type { Rollout } from '../../src/rollout/model.ts';

/** The rollouts in `rollouts/` with their config, as they are shipped. */
export function examples(): { readonly config: Config; readonly rollouts: readonly Rollout[] } {
  const { config } = readConfigFile(
    '.github/sluice.yml',
    readFileSync('.github/sluice.yml', 'utf8'),
    {},
  );
  if (!config) throw new Error('the config of the examples has an error');
  const rollouts = readdirSync('rollouts')
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const path = `rollouts/${name}`;
      const source = readRolloutFile(path, readFileSync(path, 'utf8'), config);
      if (source.kind !== 'valid') throw new Error(`${path} is invalid`);
      return source.rollout;
    });
  return { config, rollouts };
}
