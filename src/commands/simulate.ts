import type { ConfigOptions } from '../files/config/parse.ts';
import { readConfigFile, readRolloutFile } from '../files/read.ts';
import { simulate as play, type Simulation } from '../judge/simulate/simulate.ts';
import { isCounted, watchesOf } from '../judge/simulate/watch.ts';
import { audiencesAt, BUCKETS } from '../model/exposure.ts';
import type { Problem } from '../model/problem.ts';
import type { Rollout } from '../model/rollout.ts';
import { CommandError } from '../repository/context.ts';
import { approximateDuration, DAY } from '../time.ts';
import { healthOf, parseShares, type Said } from './assumptions.ts';

/** What is simulated, and how. */
export interface SimulateInput {
  readonly configPath: string;
  readonly configText: string | undefined;
  readonly configOptions: ConfigOptions;
  readonly file: string;
  readonly text: string;
  readonly said: Said;
  readonly dispersion: number;
  readonly runs: number;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Simulates one rollout file as the judge would see it, from its first try on.
 *
 * @throws CommandError `bad-config`, `bad-rollout`, `nothing-counted`, and what is wrong with what
 *   was said of its traffic
 */
export function simulate(input: SimulateInput): Simulation {
  const { config, problems } = readConfigFile(
    input.configPath,
    input.configText,
    input.configOptions,
  );
  if (!config) throw new CommandError('bad-config', linesOf(problems));
  const source = readRolloutFile(input.file, input.text, config);
  if (source.kind === 'invalid') throw new CommandError('bad-rollout', linesOf(source.problems));
  const { rollout } = source;
  const checks = rollout.checks.filter(isCounted);
  const uncounted = rollout.checks.filter((check) => !isCounted(check));
  if (checks.length === 0) {
    const kinds = uncounted.map(({ metric }) => `${metric.name} is a ${metric.kind}`).join(', ');
    throw new CommandError(
      'nothing-counted',
      `${input.file} has no check that can be simulated${kinds === '' ? '' : ` (${kinds})`}; only metrics of kind proportion or mean are counted: docs/simulate.md`,
    );
  }
  const { stages } = rollout;
  const health = healthOf(checks, input.said);
  const said = parseShares(
    input.said.share,
    stages.map(({ name }) => name),
  );
  const shares = new Map(
    stages.flatMap((stage, index) => {
      const share = said.get(stage.name) ?? shareOf(rollout, index);
      return share === undefined ? [] : [[stage.name, share] as const];
    }),
  );
  const { dispersion, runs, seed, onProgress } = input;
  const { settle, policy } = config;
  const { confidence } = policy;
  const scenario = { rollout, settle, confidence, health, shares, dispersion, runs, seed };
  const length = watchesOf(scenario).reduce((sum, watch) => sum + watch.length, 0);
  if (length > LONGEST) {
    throw new CommandError(
      'bad-rollout',
      `${input.file}: its checks watch its stages for ${approximateDuration(length)} in all, and at most ${approximateDuration(LONGEST)} are simulated; simulate a copy with shorter stages or fewer checks`,
    );
  }
  return play(scenario, onProgress);
}

/** All stages of all checks together: half a minute's work. */
const LONGEST = 1_500 * DAY;

/** The part of the traffic that has the treatment at a stage; unknown where lists choose users. */
function shareOf({ stages }: Rollout, index: number): number | undefined {
  // Traffic is mirrored as a whole.
  if (stages[index]?.shadow) return 1;
  const audiences = audiencesAt(stages, index);
  const [all] = audiences.filter(
    ({ segments, regions, tiers }) => segments.length + regions.length + tiers.length === 0,
  );
  const own = stages[index];
  const listed = own && own.segments.length + own.regions.length + own.tiers.length > 0;
  return listed || all === undefined ? undefined : all.weight / BUCKETS;
}

const linesOf = (problems: readonly Problem[]): string =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(
      ({ file, at, message, hint }) =>
        `${file}:${at.line}:${at.column} ${message}${hint === undefined ? '' : `; ${hint}`}`,
    )
    .join('\n');
