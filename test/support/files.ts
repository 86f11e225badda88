import { type ConfigOptions, parseConfig } from '../../src/files/config/parse.ts';
import { parseRollout } from '../../src/files/rollout/parse.ts';
import type { Config } from '../../src/model/config.ts';
import type { Finding } from '../../src/model/problem.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

/** What a text of a rollout file holds. */
export const readRollout = (text: string, config: Config, path = 'rollouts/new-checkout.yaml') =>
  parseRollout(path, parseYaml(text).value, config);

/** What a text of a config file holds. */
export const readConfig = (text: string, options?: ConfigOptions) =>
  parseConfig(parseYaml(text).value, options);

/** A config that must be valid. */
export function configOf(text: string, options?: ConfigOptions): Config {
  const { config, findings } = readConfig(text, options);
  if (!config) throw new Error(`not a config: ${findings.map(inWords).join('\n')}`);
  return config;
}

/** A rollout that must be valid. */
export function rolloutOf(text: string, config: Config, path?: string): Rollout {
  const { rollout, findings } = readRollout(text, config, path);
  if (!rollout) throw new Error(`not a rollout: ${findings.map(inWords).join('\n')}`);
  return rollout;
}

/** A finding in a line: `unknown-key at stages.0.percent: … (did you mean `percentage`?)`. */
export function inWords({ code, path, message, hint }: Finding): string {
  const at = path.length === 0 ? '' : ` at ${path.join('.')}`;
  return `${code}${at}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
