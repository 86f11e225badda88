import type { FileTarget } from './target.ts';

/** The file of one target. Its shortfalls are the problems of planning for one rollout alone. */
export function fileTarget(of: Pick<FileTarget, 'path' | 'carries' | 'plan'>): FileTarget {
  return {
    kind: 'file',
    ...of,
    shortfalls: (source, standing) =>
      of.carries(source) ? of.plan([source], standing).problems : [],
  };
}

/** One file of several targets, such as a manifest with the weights of several rollouts. */
export function sharedFile(path: string, targets: readonly FileTarget[]): FileTarget {
  return {
    kind: 'file',
    path,
    carries: (source) => targets.some((target) => target.carries(source)),
    shortfalls: (source, standing) =>
      targets.flatMap((target) => target.shortfalls(source, standing)),
    // Each edits what the one before it left.
    plan(sources, standing) {
      let text = standing;
      const problems: string[] = [];
      for (const target of targets) {
        const planned = target.plan(sources, text);
        text = planned.files[0]?.text ?? text;
        problems.push(...planned.problems);
      }
      const files = text === undefined || text === standing ? [] : [{ path, text }];
      return { files, problems };
    },
  };
}
