import { DEFAULT_CONFIG } from '../files/config/defaults.ts';
import { parseConfig } from '../files/config/parse.ts';
import type { Config } from '../model/config.ts';
import { childOf, type Json, sameJson } from '../model/json.ts';
import { YamlError } from '../yaml/error.ts';
import { parseYaml } from '../yaml/parse.ts';

/** Where rollout files are, of which environments, and who may kill. */
const FOR_A_KILL = ['rollouts', 'environments', 'commands'] as const;

/**
 * The keys that a kill needs of a config for a newer Sluice, if they are written as this one reads
 * them, and the defaults for the rest: without them, a flag in another folder would not be found.
 */
export function toKillBy(text: string | undefined): Config {
  const value = read(text);
  const kept = FOR_A_KILL.flatMap((key) => {
    const found = childOf(value, key);
    const isRead = found !== undefined && parseConfig({ [key]: found }).config !== undefined;
    return isRead ? [[key, found] as const] : [];
  });
  return parseConfig(Object.fromEntries(kept)).config ?? DEFAULT_CONFIG;
}

/** Whether two configs, of any version, name the same targets. */
export function sameTargets(one: string | undefined, other: string | undefined): boolean {
  return sameJson(childOf(read(one), 'targets'), childOf(read(other), 'targets'));
}

/** What a YAML text holds; `undefined` if there is none, or it cannot be parsed. */
function read(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return parseYaml(text).value;
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}
