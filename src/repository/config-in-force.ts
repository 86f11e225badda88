import { defined } from '../defined.ts';
import { DEFAULT_CONFIG } from '../files/config/defaults.ts';
import { readConfigFile } from '../files/read.ts';
import { ForgeFailure } from '../forge/error.ts';
import { migratedConfig } from '../migrate/migrate.ts';
import { STEPS } from '../migrate/steps.ts';
import type { Config } from '../model/config.ts';
import type { Head } from '../model/head.ts';
import type { Problem } from '../model/problem.ts';
import { oneLine } from '../text.ts';
import type { Context } from './context.ts';
import { sameTargets, toKillBy } from './newer-config.ts';

/** Commits of the config to look at for one that is valid, and how many at a time. */
const DEPTH = 12;
const AT_ONCE = 4;

/** The config has no revert; the forge is asked for its history alone. */
const NO_REVERT = 'rollout/revert/none';

/** What is known of a config that has errors. */
export interface BadConfig {
  /** The errors in lines, and what is done and what is not until they are fixed. */
  readonly text: string;
  /** Why nobody knows which targets there are; absent if they are known. */
  readonly targetsUnknown?: string;
}

/** The config that takes users back and keeps them where they are while the branch's own has errors. */
export interface InForce {
  readonly config: Config;
  readonly badConfig: BadConfig;
}

/**
 * The newest valid config that the branch has had. Only what the branch itself said counts, so its
 * history is that of first parents. Before its first config a repository went by the defaults. If
 * nothing valid is found, or the forge gives no answer, they are all there is: a kill can be written
 * into a rollout's file by them, and nobody knows where else it has to be. Nobody does either while a
 * config for a newer Sluice names other targets.
 */
export async function configInForce(
  { forge, configPath, configOptions }: Pick<Context, 'forge' | 'configPath' | 'configOptions'>,
  head: Head,
  problems: readonly Problem[],
): Promise<InForce> {
  const read = (text: string | undefined): Config | undefined => {
    if (text === undefined) return undefined;
    const { config, problems: found } = readConfigFile(configPath, text, configOptions);
    if (config || found.every(({ code }) => code !== 'older-format')) return config;
    // Until somebody migrates the files, it is read as it will be then.
    const current = migratedConfig(text, STEPS);
    return current === undefined
      ? undefined
      : readConfigFile(configPath, current, configOptions).config;
  };
  const inForce = (config: Config, from: string, targetsUnknown?: string): InForce => ({
    config,
    badConfig: {
      text: describeErrors(configPath, problems, from),
      ...defined({ targetsUnknown }),
    },
  });
  // A newer Sluice may have compiled the targets that a newer config names.
  const isNewer = problems.some(({ code }) => code === 'newer-format');
  let newest: string | undefined;
  const otherTargets = (text: string | undefined): string | undefined =>
    isNewer && !sameTargets(newest, text) ? NEWER_TARGETS : undefined;
  try {
    const subject = { path: configPath, revertBranch: NO_REVERT };
    const looked = await forge.lookUp(head.oid, [subject], DEPTH);
    const touches = (looked.get(configPath)?.touches ?? []).filter(({ cut }) => !cut);
    for (let from = 0; from < touches.length; from += AT_ONCE) {
      const some = touches.slice(from, from + AT_ONCE);
      const edits = await forge.edits(some.map(({ oid }) => ({ oid, path: configPath })));
      newest ??= edits[0]?.after;
      for (const [i, { after, before }] of edits.entries()) {
        const oid = (some[i]?.oid ?? '').slice(0, 9);
        const config = read(after);
        if (config) return inForce(config, `the config of ${oid}`, otherTargets(after));
        const earlier = read(before);
        if (earlier) return inForce(earlier, `the config before ${oid}`, otherTargets(before));
        const isFirst = before === undefined && from + i === touches.length - 1;
        if (isFirst && touches.length < DEPTH) {
          return isNewer
            ? inForce(toKillBy(newest), 'what this Sluice can read of it', otherTargets(undefined))
            : inForce(DEFAULT_CONFIG, 'the defaults, because it was never valid');
        }
      }
    }
    const why = 'no valid one was found in its history';
    return inForce(DEFAULT_CONFIG, `the defaults, because ${why}`, NO_VALID_ONE);
  } catch (error) {
    if (!(error instanceof ForgeFailure)) throw error;
    const why = `its history could not be read (${oneLine(error.message)})`;
    return inForce(DEFAULT_CONFIG, `the defaults, because ${why}`, NO_VALID_ONE);
  }
}

const NO_VALID_ONE =
  'the config has errors and no valid one was found, so nobody knows which targets there are';
const NEWER_TARGETS =
  'the config is written for a newer Sluice and has other targets than the one that this Sluice goes by, so nobody knows which targets there are';

/** The errors of a config in lines, and what is done and what is not until it is fixed. */
function describeErrors(path: string, problems: readonly Problem[], from: string): string {
  const lines = problems
    .filter(({ severity }) => severity === 'error')
    .map(
      ({ at, message, hint }) =>
        `  ${path}:${at.line}:${at.column} ${message}${hint ? ` — ${hint}` : ''}`,
    );
  return `${path} has errors, so no flag goes up; kills, rollbacks and pauses go by ${from}:\n${lines.join('\n')}`;
}
