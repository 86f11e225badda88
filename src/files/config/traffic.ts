import { defined } from '../../defined.ts';
import type { TargetFile } from '../../generated/files.ts';
import type { Traffic } from '../../model/config.ts';
import { error } from '../rollout/parts.ts';
import type { TargetContext, TargetReader } from './target-reader.ts';

const OF_TRAFFIC = { rollout: 'required', backends: 'required' } as const;

/** Weights in a person's manifest: several rollouts may have theirs in one file. */
const MANIFEST = {
  keys: { ...OF_TRAFFIC, route: 'optional' },
  oneEnvironment: false,
  sharesFile: true,
} as const;

export const GATEWAY_API_MANIFEST: TargetReader<'gateway-api'> = {
  ...MANIFEST,
  read(lines, context) {
    const traffic = readTraffic(lines, context);
    refuseSubsets(traffic, 'Service', context);
    return { type: 'gateway-api', ...traffic, ...defined({ route: lines.route }) };
  },
};

/** A backend is a host, or `host/subset`. */
export const ISTIO_MANIFEST: TargetReader<'istio'> = {
  ...MANIFEST,
  read: (lines, context) => ({
    type: 'istio',
    ...readTraffic(lines, context),
    ...defined({ route: lines.route }),
  }),
};

export const NGINX_FILE: TargetReader<'nginx'> = {
  keys: { ...OF_TRAFFIC, variable: 'required', key: 'required' },
  oneEnvironment: false,
  sharesFile: false,
  read(lines, context) {
    const traffic = readTraffic(lines, context);
    refuseSubsets(traffic, 'upstream', context);
    const { variable = '', key = '' } = lines;
    if (variable.toLowerCase() === key.toLowerCase()) {
      const what = '`variable` is the key itself, which it would hide';
      const at = [...context.at, 'variable'];
      context.report(error(at, 'bad-value', what, 'give it a name of its own'));
    }
    return { type: 'nginx', ...traffic, variable, key };
  },
};

/** What every target of traffic says; it is for the rollout in one environment. */
function readTraffic(lines: TargetFile, { environments, at, report }: TargetContext): Traffic {
  const { path, rollout = '', backends = {} } = lines;
  const [only, ...others] = environments;
  if (lines.environment === undefined && others.length > 0) {
    report(
      error(
        at,
        'missing-key',
        `the target does not say which environment's rollout it is for`,
        `add \`environment:\` (${environments.join(', ')})`,
      ),
    );
  }
  return {
    holds: 'traffic',
    path,
    rollout,
    environment: lines.environment ?? only ?? '',
    backends,
  };
}

function refuseSubsets(
  { backends }: Traffic,
  noun: 'Service' | 'upstream',
  { at, report }: TargetContext,
): void {
  for (const [variant, name] of Object.entries(backends)) {
    if (!name.includes('/')) continue;
    const what = `\`${name}\` is the name of no ${noun}`;
    report(error([...at, 'backends', variant], 'bad-value', what, 'host/subset is for istio'));
  }
}
