import { readdirSync, readFileSync } from 'node:fs';
import { readConfigFile, readRolloutFile } from '../../src/files/read.ts';
import type { Config } from '../../src/model/config.ts';
import type { Rollout } from '../../src/model/rollout.ts';

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
