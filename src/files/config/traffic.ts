import type { TargetFile } from '../../generated/files.ts';
import { isForFlags, type TrafficTargetConfig } from '../../model/config.ts';
import { error, maybe, type Report } from '../rollout/parts.ts';

/** The keys of each type, and those it cannot do without. */
const KEYS = {
  'gateway-api': { may: ['rollout', 'backends', 'route'], must: ['rollout', 'backends'] },
  istio: { may: ['rollout', 'backends', 'route'], must: ['rollout', 'backends'] },
  nginx: {
    may: ['rollout', 'backends', 'variable', 'key'],
    must: ['rollout', 'backends', 'variable', 'key'],
  },
} as const;

const ALL = ['rollout', 'backends', 'route', 'variable', 'key'] as const;

/** Reads a target that shares out traffic; none, with findings, where something is missing. */
export function readTraffic(
  file: TargetFile,
  environments: readonly string[],
  index: number,
  report: Report,
): readonly TrafficTargetConfig[] {
  const at = ['targets', index];
  const { type, path } = file;
  if (isForFlags(type)) return [];
  const may: readonly string[] = KEYS[type].may;
  for (const key of ALL) {
    if (file[key] === undefined || may.includes(key)) continue;
    report(error([...at, key], 'unknown-key', `a target \`${type}\` has no \`${key}\``));
  }
  const missing = KEYS[type].must.find((key) => file[key] === undefined);
  if (missing !== undefined) {
    const what = `the target \`${type}\` has no \`${missing}\``;
    report(error(at, 'missing-key', what, `add \`${missing}:\``));
    return [];
  }
  const [only, ...others] = environments;
  const environment = file.environment ?? only ?? '';
  if (file.environment === undefined && others.length > 0) {
    report(
      error(
        at,
        'missing-key',
        `the target does not say which environment's rollout it is for`,
        `add \`environment:\` (${environments.join(', ')})`,
      ),
    );
  }
  const { rollout = '', backends = {}, variable = '', key = '' } = file;
  reviewBackends(type, backends, at, report);
  const traffic = { path, rollout, environment, backends };
  if (type !== 'nginx') return [{ ...traffic, type, ...maybe('route', file.route) }];
  if (variable.toLowerCase() === key.toLowerCase()) {
    const what = '`variable` is the key itself, which it would hide';
    report(error([...at, 'variable'], 'bad-value', what, 'give it a name of its own'));
  }
  return [{ ...traffic, type, variable, key }];
}

function reviewBackends(
  type: 'gateway-api' | 'istio' | 'nginx',
  backends: Readonly<Record<string, string>>,
  at: readonly (string | number)[],
  report: Report,
): void {
  for (const [variant, name] of Object.entries(backends)) {
    if (type === 'istio' || !name.includes('/')) continue;
    const what = `\`${name}\` is the name of no ${type === 'nginx' ? 'upstream' : 'Service'}`;
    report(error([...at, 'backends', variant], 'bad-value', what, 'host/subset is for istio'));
  }
}
