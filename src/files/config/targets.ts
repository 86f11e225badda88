import type { ConfigFile, TargetFile } from '../../generated/files.ts';
import { type Config, isForFlags, type TargetConfig } from '../../model/config.ts';
import { didYouMean } from '../../model/suggest.ts';
import { error, type Report } from '../rollout/parts.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { type OurFiles, pathKey, targetPathProblem } from './target-path.ts';
import { readTraffic } from './traffic.ts';

/** Reads `targets:`; none may be written over another one, or over a file that something acts on. */
export function readTargets(
  file: NonNullable<ConfigFile>,
  ours: OurFiles,
  report: Report,
): Config['targets'] {
  const environments = file.environments ?? DEFAULT_CONFIG.environments;
  const targets = file.targets ?? [];
  return targets.flatMap((target, index) => {
    const at = ['targets', index, 'path'];
    const clash = targets.slice(0, index).flatMap((other) => clashOf(target, other) ?? [])[0];
    if (clash !== undefined) {
      report(error(at, 'duplicate-target', clash, 'give each target a file of its own'));
    }
    const problem = targetPathProblem(target.path, ours);
    if (problem !== undefined) {
      const what = `the target \`${target.path}\` ${problem}`;
      report(
        error(at, 'bad-value', what, 'give it a file of its own, such as flags/exposures.json'),
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

/** Why two targets cannot both be written, or `undefined`. */
function clashOf(target: TargetFile, other: TargetFile): string | undefined {
  if (target.path === other.path) {
    return mayShare(target, other) ? undefined : `two targets write \`${target.path}\``;
  }
  const [key, before] = [pathKey(target.path), pathKey(other.path)];
  const both = `\`${other.path}\` and \`${target.path}\``;
  if (key === before) return `the targets ${both} are one file to Windows or macOS`;
  return key.startsWith(`${before}/`) || before.startsWith(`${key}/`)
    ? `of the targets ${both} one is in a folder that has the name of the other`
    : undefined;
}

/** Several rollouts may set weights in one manifest, each between backends of its own. */
function mayShare(one: TargetFile, other: TargetFile): boolean {
  const edits = ['gateway-api', 'istio'];
  return edits.includes(one.type) && edits.includes(other.type);
}
