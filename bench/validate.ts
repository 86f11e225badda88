import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import schema from '../schema/rollout.schema.json' with { type: 'json' };
import { validate as review } from '../src/commands/validate.ts';
import { readWorkTree } from '../src/forge/git/work-tree.ts';
import { type Bench, bench } from './bench.ts';
import { compare, timed } from './compare.ts';
import { configText, rolloutFiles, withFolder } from './rollouts.ts';

const FILES = 10_000;
const RUNS = 6;
const MAX_BYTES = 8 * 1024 * 1024;

/** Reviewing 10,000 files, against a bare loop that reads, loads and runs ajv; both warm. */
export async function validate(): Promise<readonly Bench[]> {
  return withFolder(rolloutFiles(FILES), async (dir) => {
    const isRollout = new Ajv({ strict: false }).compile(schema);
    const bare = (): void => {
      for (const name of readdirSync(join(dir, 'rollouts'))) {
        const text = readFileSync(join(dir, 'rollouts', name), 'utf8');
        if (!isRollout(load(text))) throw new Error(`${name} is invalid`);
      }
    };
    const whole = async (): Promise<void> => {
      const { problems, rollouts } = await review({
        configPath: '.github/sluice.yml',
        configText: configText(),
        configOptions: {},
        list: (wanted) => readWorkTree(dir, wanted, { maxBytes: MAX_BYTES }),
        now: Date.UTC(2026, 11, 1),
      });
      const problem = problems.find(({ severity }) => severity === 'error');
      if (problem) throw new Error(`${problem.file}: ${problem.message}`);
      if (rollouts.length !== FILES) throw new Error(`only ${rollouts.length} were reviewed`);
    };
    const compared = await compare(RUNS, {
      value: () => timed(whole),
      reference: () => timed(bare),
    });
    return [bench('validate', { ...compared, unit: 'ms', target: 1.5 })];
  });
}
