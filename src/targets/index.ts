import type { Config, TargetConfig } from '../model/config.ts';
import { flagdTarget } from './flagd/flagd.ts';
import { goFeatureFlagTarget } from './go-feature-flag/go-feature-flag.ts';
import { jsonTarget } from './json/json.ts';
import type { Target, TargetFile } from './target.ts';
import { trafficTarget } from './traffic/traffic.ts';

/**
 * The target a config line asks for, with the segments that its rollouts may name: a new type is a
 * file and a case here.
 */
export function openTarget(config: TargetConfig, segments: Config['segments'] = {}): Target {
  switch (config.type) {
    case 'json':
      return jsonTarget(config);
    case 'flagd':
      return flagdTarget(config, segments);
    case 'go-feature-flag':
      return goFeatureFlagTarget(config, segments);
    case 'gateway-api':
    case 'istio':
    case 'nginx':
      return trafficTarget(config);
  }
}

/** The targets of a config, one a file: several rollouts may set weights in one manifest. */
export function openTargets(
  configs: readonly TargetConfig[],
  segments: Config['segments'] = {},
): readonly TargetFile[] {
  const targets = configs.map((config) => openTarget(config, segments));
  const paths = [...new Set(targets.map(({ path }) => path))];
  return paths.map((path) =>
    inOrder(
      path,
      targets.filter((target) => target.path === path),
    ),
  );
}

/** Targets that edit one file, each what the one before it left. */
function inOrder(path: string, targets: readonly Target[]): TargetFile {
  return {
    path,
    holds: (source) => targets.some((target) => target.holds(source)),
    shortfalls: (source, standing) =>
      targets
        .filter((target) => target.holds(source))
        .flatMap((target) => target.compile([source], standing).problems),
    compile(sources, standing) {
      let text = standing;
      const problems: string[] = [];
      for (const target of targets) {
        const compiled = target.compile(sources, text);
        text = compiled.files[0]?.text ?? text;
        problems.push(...compiled.problems);
      }
      const files = text === undefined || text === standing ? [] : [{ path, text }];
      return { files, problems };
    },
  };
}
