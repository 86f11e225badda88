import type { ConfigFile, TargetFile } from '../generated/files.ts';
import { error, type Report } from '../rollout/parts.ts';
import { didYouMean } from '../rollout/suggest.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { globMatcher } from './glob.ts';
import { type Config, isForFlags, type TargetConfig } from './model.ts';
import { readTraffic } from './traffic.ts';

/** Reads `targets:`; none may be written over another file of ours, or over what runs in workflows. */
export function readTargets(
  file: NonNullable<ConfigFile>,
  glob: string,
  report: Report,
): Config['targets'] {
  const isRollout = globMatcher(glob);
  const environments = file.environments ?? DEFAULT_CONFIG.environments;
  const targets = file.targets ?? [];
  return targets.flatMap((target, index) => {
    const before = targets.slice(0, index).filter(({ path }) => path === target.path);
    if (before.some((other) => !mayShare(target, other))) {
      report(
        error(
          ['targets', index, 'path'],
          'duplicate-target',
          `two targets write \`${target.path}\``,
          'give each target a file of its own',
        ),
      );
    }
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
    const ofFlags = target.type === 'flagd' || target.type === 'go-feature-flag';
    if (ofFlags && environment === undefined && environments.length > 1) {
      report(
        error(
          ['targets', index],
          'missing-environment',
          `a file for ${target.type} has one entry a flag, and there are ${environments.length} environments`,
          `give each environment a target of its own: \`environment: ${environments[0]}\``,
        ),
      );
    }
    if (!ofFlags && target.attributes !== undefined) {
      report(
        error(
          ['targets', index, 'attributes'],
          'unused-attributes',
          `a target of type ${target.type} names no attributes`,
          'remove `attributes`',
        ),
      );
    }
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
    return readTarget(target, environments, index, report);
  });
}

function readTarget(
  target: TargetFile,
  environments: readonly string[],
  index: number,
  report: Report,
): readonly TargetConfig[] {
  const { type } = target;
  if (!isForFlags(type)) return readTraffic(target, environments, index, report);
  const { rollout, backends, route, variable, key, attributes, ...flags } = target;
  for (const [name, value] of Object.entries({ rollout, backends, route, variable, key })) {
    if (value === undefined) continue;
    report(
      error(['targets', index, name], 'unknown-key', `a target \`${type}\` has no \`${name}\``),
    );
  }
  return type === 'json'
    ? [{ ...flags, type }]
    : [{ ...flags, type, ...(attributes === undefined ? {} : { attributes }) }];
}

/** Several rollouts may set weights in one manifest, each between backends of its own. */
function mayShare(one: TargetFile, other: TargetFile): boolean {
  const edits = ['gateway-api', 'istio'];
  return edits.includes(one.type) && edits.includes(other.type);
}
