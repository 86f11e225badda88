import picomatch from 'picomatch';
import type { ConfigFile } from '../generated/files.ts';
import { error, type Report } from '../rollout/parts.ts';
import { didYouMean } from '../rollout/suggest.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import type { Config } from './model.ts';

/** Reads `targets:`; none may be written over another file of ours, or over what runs in workflows. */
export function readTargets(
  file: NonNullable<ConfigFile>,
  glob: string,
  report: Report,
): Config['targets'] {
  const paths = new Set<string>();
  const isRollout = picomatch(glob);
  const environments = file.environments ?? DEFAULT_CONFIG.environments;
  return (file.targets ?? []).map((target, index) => {
    if (paths.has(target.path)) {
      report(
        error(
          ['targets', index, 'path'],
          'duplicate-target',
          `two targets write \`${target.path}\``,
          'give each target a file of its own',
        ),
      );
    }
    paths.add(target.path);
    if (isRollout(target.path) || /^\.github\//i.test(target.path)) {
      report(
        error(
          ['targets', index, 'path'],
          'bad-value',
          `the target \`${target.path}\` would be written over a rollout, or over what runs here`,
          'give it a path outside of `.github` that the glob of the rollouts does not match',
        ),
      );
    }
    const { environment } = target;
    if (environment !== undefined && !environments.includes(environment)) {
      report(
        error(
          ['targets', index, 'environment'],
          'unknown-environment',
          `environment \`${environment}\` is not among the environments`,
          didYouMean(environment, environments),
        ),
      );
    }
    return target;
  });
}
