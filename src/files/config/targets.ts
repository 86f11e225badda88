import type { ConfigFile, TargetFile } from '../../generated/files.ts';
import type { Config, TargetConfig, TargetType } from '../../model/config.ts';
import { didYouMean } from '../../model/suggest.ts';
import { error, type Report } from '../rollout/parts.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { FLAGD_FILE, GO_FEATURE_FLAG_FILE, JSON_FILE } from './flag-files.ts';
import { type OurFiles, pathKey, targetPathProblem } from './target-path.ts';
import type { TargetContext, TargetReader } from './target-reader.ts';
import { GATEWAY_API_MANIFEST, ISTIO_MANIFEST, NGINX_FILE } from './traffic.ts';

/** How the lines of each type of target are read: a type without a reader does not compile. */
const READERS: { readonly [Type in TargetType]: TargetReader<Type> } = {
  json: JSON_FILE,
  flagd: FLAGD_FILE,
  'go-feature-flag': GO_FEATURE_FLAG_FILE,
  'gateway-api': GATEWAY_API_MANIFEST,
  istio: ISTIO_MANIFEST,
  nginx: NGINX_FILE,
};

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
    return readTarget(target, { environments, at: ['targets', index], report });
  });
}

/** Reads one target; none, with a finding, if a key is missing. */
function readTarget(target: TargetFile, context: TargetContext): readonly TargetConfig[] {
  const reader = READERS[target.type];
  reviewEnvironment(target, reader, context);
  const { complete } = reviewKeys(target, reader, context);
  return complete ? [reader.read(target, context)] : [];
}

function reviewEnvironment(
  { type, environment }: TargetFile,
  { oneEnvironment }: TargetReader<TargetType>,
  { environments, at, report }: TargetContext,
): void {
  if (oneEnvironment && environment === undefined && environments.length > 1) {
    report(
      error(
        at,
        'missing-environment',
        `a file for ${type} has one entry a flag, and there are ${environments.length} environments`,
        `give each environment a target of its own: \`environment: ${environments[0]}\``,
      ),
    );
  }
  if (environment !== undefined && !environments.includes(environment)) {
    report(
      error(
        [...at, 'environment'],
        'unknown-environment',
        `environment \`${environment}\` is not among the environments`,
        didYouMean(environment, environments),
      ),
    );
  }
}

/** Reports keys of other types, and the first that is missing. */
function reviewKeys(
  { type, path: _, environment: __, ...own }: TargetFile,
  { keys }: TargetReader<TargetType>,
  { at, report }: TargetContext,
): { readonly complete: boolean } {
  for (const key of Object.keys(own).filter((each) => !Object.hasOwn(keys, each))) {
    report(
      key === 'attributes'
        ? error(
            [...at, key],
            'unused-attributes',
            `a target of type ${type} names no attributes`,
            'remove `attributes`',
          )
        : error([...at, key], 'unknown-key', `a target \`${type}\` has no \`${key}\``),
    );
  }
  const missing = Object.entries(keys).find(
    ([key, need]) => need === 'required' && !Object.hasOwn(own, key),
  )?.[0];
  if (missing !== undefined) {
    const what = `the target \`${type}\` has no \`${missing}\``;
    report(error(at, 'missing-key', what, `add \`${missing}:\``));
  }
  return { complete: missing === undefined };
}

/** Why two targets cannot both be written, or `undefined`. */
function clashOf(target: TargetFile, other: TargetFile): string | undefined {
  if (target.path === other.path) {
    const share = READERS[target.type].sharesFile && READERS[other.type].sharesFile;
    return share ? undefined : `two targets write \`${target.path}\``;
  }
  const [key, before] = [pathKey(target.path), pathKey(other.path)];
  const both = `\`${other.path}\` and \`${target.path}\``;
  if (key === before) return `the targets ${both} are one file to Windows or macOS`;
  return key.startsWith(`${before}/`) || before.startsWith(`${key}/`)
    ? `of the targets ${both} one is in a folder that has the name of the other`
    : undefined;
}
