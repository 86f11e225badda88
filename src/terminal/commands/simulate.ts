import { relative, resolve } from 'node:path';
import { simulate as play } from '../../commands/simulate.ts';
import { readWorkTreeFile } from '../../forge/git/work-tree.ts';
import { LARGEST_FILE } from '../../forge/text.ts';
import { simulationView } from '../../tell/views/simulation.ts';
import { some, type TerminalCommand, text } from '../command.ts';
import {
  type CommonOptions,
  configOptionsOf,
  configPathOf,
  requireConfig,
  topOf,
  UsageError,
} from '../options.ts';
import { show } from '../show.ts';
import type { Terminal } from '../terminal.ts';

/** What `sluice simulate` is told besides. */
interface SimulateOptions extends CommonOptions {
  readonly traffic?: readonly string[];
  readonly rate?: readonly string[];
  readonly deviation?: readonly string[];
  readonly share?: readonly string[];
  readonly overdispersion: string;
  readonly runs: string;
  readonly seed: string;
}

const MOST_RUNS = 100_000;
/** As clustered as events ever are, and more. */
const MOST_CLUSTERED = 1_000;

export const simulate: TerminalCommand = {
  name: 'simulate',
  description: 'what the judge would make of a rollout, healthy and with regressions',
  takes: (command) =>
    command
      .argument('<file>', 'the rollout file')
      .option('--traffic <count>', 'how much is counted, such as 200/min or <metric>=20/min', some)
      .option('--rate <metric=rate>', 'what a metric is in health (default: by its limits)', some)
      .option('--deviation <metric=number>', 'the spread of the samples of a mean', some)
      .option('--share <stage=share>', 'the part of the traffic in a stage of lists', some)
      .option('--overdispersion <factor>', 'how clustered events are, from 1', '1')
      .option('--runs <number>', 'how many healthy rollouts', '2000')
      .option('--seed <number>', 'another seed plays other runs', '1'),
  // Commander gives the options that this command takes, with their defaults.
  run: ([file], options, terminal) => played(text(file), options as SimulateOptions, terminal),
};

/** Reads the files as they are on disk: a rollout is played before it is committed. */
async function played(file: string, options: SimulateOptions, terminal: Terminal): Promise<number> {
  const runs = numberOf('--runs', options.runs, { least: 1, most: MOST_RUNS, whole: true });
  const seed = numberOf('--seed', options.seed, {
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    whole: true,
  });
  const dispersion = numberOf('--overdispersion', options.overdispersion, {
    least: 1,
    most: MOST_CLUSTERED,
    whole: false,
  });
  const dir = await topOf(options, terminal);
  const configPath = configPathOf(options);
  const configText = await readWorkTreeFile(dir, configPath, { maxBytes: LARGEST_FILE });
  requireConfig(options, configText);
  const path = relative(dir, resolve(terminal.cwd, file));
  const written = await readWorkTreeFile(dir, path, { maxBytes: LARGEST_FILE });
  if (written === undefined) throw new UsageError(`there is no file ${path} in ${dir}`);
  const progress = progressOn(options, terminal);
  try {
    const { traffic = [], rate = [], deviation = [], share = [] } = options;
    const report = play({
      configPath,
      configText,
      configOptions: configOptionsOf(options),
      file: path,
      text: written,
      said: { traffic, rate, deviation, share },
      dispersion,
      runs,
      seed,
      ...(progress ? { onProgress: progress.show } : {}),
    });
    progress?.clear();
    return show(simulationView(report), options, terminal);
  } finally {
    progress?.clear();
  }
}

/** @throws UsageError where an option is no such number. */
function numberOf(
  option: string,
  written: string,
  {
    least,
    most,
    whole,
  }: { readonly least: number; readonly most: number; readonly whole: boolean },
): number {
  const number = written.trim() === '' ? Number.NaN : Number(written);
  const fits = number >= least && number <= most && (!whole || Number.isInteger(number));
  if (fits) return number;
  const kind = whole ? 'a whole number' : 'a number';
  throw new UsageError(`${option} ${written} is not ${kind} from ${least} to ${most}`);
}

/** A line that counts percents, on a terminal only, and gone when the work is done. */
function progressOn({ json }: CommonOptions, { stderr }: Terminal) {
  if (json || stderr.isTTY !== true) return undefined;
  let shown = -1;
  return {
    show: (done: number, total: number): void => {
      const percent = Math.floor((100 * done) / total);
      if (percent === shown) return;
      shown = percent;
      stderr.write(`\r\u001b[2Kplaying rollouts ${percent} %`);
    },
    clear: (): void => {
      if (shown >= 0) stderr.write('\r\u001b[2K');
      shown = -1;
    },
  };
}
