import type { Config, TargetConfig, TargetConfigOf, TargetType } from '../model/config.ts';
import type { Importer } from './entries/live.ts';
import { sharedFile } from './file.ts';
import { FLAGD } from './flagd/flagd.ts';
import { GATEWAY_API } from './gateway-api/gateway-api.ts';
import { GO_FEATURE_FLAG } from './go-feature-flag/go-feature-flag.ts';
import { ISTIO } from './istio/istio.ts';
import { JSON_FILE } from './json/json.ts';
import { NGINX } from './nginx/nginx.ts';
import type { Inexpressible, Target, TargetKind } from './target.ts';

/** What there is to every type of target. */
type Targets = { readonly [Type in TargetType]: TargetKind<Type> };

/** Every type of target: one that is missing does not compile. */
const TARGETS = {
  json: JSON_FILE,
  flagd: FLAGD,
  'go-feature-flag': GO_FEATURE_FLAG,
  'gateway-api': GATEWAY_API,
  istio: ISTIO,
  nginx: NGINX,
} satisfies Targets;

/** The same, with each type's config taken by its own type. */
const BY_TYPE: Targets = TARGETS;

/** The target of one line of the config. */
export const openTarget = <Type extends TargetType>(
  config: TargetConfigOf<Type>,
  segments: Config['segments'] = {},
): Target => BY_TYPE[config.type].open(config, segments);

/** The targets of a config. Those that write to one file are one. */
export function openTargets(
  configs: readonly TargetConfig[],
  segments: Config['segments'] = {},
): readonly Target[] {
  const targets = configs.map((config) => openTarget(config, segments));
  return targets.flatMap((target) => joined(target, targets));
}

/** A target with all others of its file; none if it is not the first of them. */
function joined(target: Target, all: readonly Target[]): readonly Target[] {
  switch (target.kind) {
    case 'file': {
      const { path } = target;
      const writers = all.flatMap((other) =>
        other.kind === 'file' && other.path === path ? [other] : [],
      );
      return writers[0] === target ? [sharedFile(path, writers)] : [];
    }
    case 'service':
      return [target];
  }
}

/** Whether a type of target has no way to express something. */
export const cannotExpress = (type: TargetType, what: Inexpressible): boolean =>
  BY_TYPE[type].inexpressible.includes(what);

/** The types whose files flags can be imported from. */
export type ImportFormat = {
  [Type in TargetType]: (typeof TARGETS)[Type] extends { readonly importFlags: Importer }
    ? Type
    : never;
}[TargetType];

/** All of them, by name. */
export const IMPORT_FORMATS: readonly ImportFormat[] = Object.keys(TARGETS).filter(isImportFormat);

/** Whether a word is one of them. */
export function isImportFormat(name: string): name is ImportFormat {
  return Object.entries(BY_TYPE).some(
    ([type, { importFlags }]) => type === name && importFlags !== undefined,
  );
}

export const importerOf = (format: ImportFormat): Importer => TARGETS[format].importFlags;
