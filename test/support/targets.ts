import type { Config, TargetConfig } from '../../src/model/config.ts';
import { openTarget, openTargets } from '../../src/targets/index.ts';
import type { FileTarget, Target } from '../../src/targets/target.ts';

/** A target whose type is known to be a file. */
export const openFile = (config: TargetConfig, segments?: Config['segments']): FileTarget =>
  fileOf(openTarget(config, segments));

export const openFiles = (
  configs: readonly TargetConfig[],
  segments?: Config['segments'],
): readonly FileTarget[] => openTargets(configs, segments).map(fileOf);

function fileOf(target: Target): FileTarget {
  if (target.kind !== 'file') throw new Error(`${target.name} is not a file`);
  return target;
}
