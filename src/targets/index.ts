import type { TargetConfig } from '../config/model.ts';
import { jsonTarget } from './json.ts';
import type { Target } from './target.ts';

/** Every type of target there is: a new one is a file and a line here. */
const TARGETS: Readonly<Record<TargetConfig['type'], (config: TargetConfig) => Target>> = {
  json: jsonTarget,
};

/** The target a config line asks for. */
export function openTarget(config: TargetConfig): Target {
  return TARGETS[config.type](config);
}
