import type { Failure, Seen } from '../tell/report.ts';
import { TARGETS } from './targets.ts';
import type { World } from './world.ts';

/**
 * What a pass could not do because of what it found: invalid files, providers without an answer,
 * targets without words for what comes next.
 */
export function failuresOf(world: World, observations: readonly Seen[]): readonly Failure[] {
  const invalid = world.sources.flatMap((source): Failure[] => {
    if (source.kind === 'valid') return [];
    const [first] = source.problems.filter(({ severity }) => severity === 'error');
    const where = first ? `${first.file}:${first.at.line}:${first.at.column} ${first.message}` : '';
    const kept = source.killed
      ? 'its kill switch is obeyed'
      : 'nothing moves, and what was compiled last stays in force';
    return [{ code: 'invalid-rollout', subject: source.path, detail: `${where}; ${kept}` }];
  });
  const unavailable = observations.flatMap(({ rollout, verdicts, trial }): Failure[] => {
    const verdict = verdicts.find(({ kind }) => kind === 'unavailable');
    if (verdict?.kind !== 'unavailable') {
      return trial?.does === 'blind'
        ? [{ code: 'unavailable', subject: rollout.key, detail: trial.text }]
        : [];
    }
    const detail = `${verdict.check.metric.name} (${verdict.reason}): ${verdict.detail}`;
    return [{ code: 'unavailable', subject: rollout.key, detail }];
  });
  const uncounted = observations.flatMap(({ rollout, split }): Failure[] =>
    split?.kind === 'unavailable'
      ? [{ code: 'unavailable', subject: rollout.key, detail: `users: ${split.detail}` }]
      : [],
  );
  const unreached = observations.flatMap(({ rollout, decision }): Failure[] =>
    decision.kind === 'hold' && decision.why.code === 'not-compiled'
      ? [{ code: 'not-compiled', subject: rollout.key, detail: decision.why.text }]
      : [],
  );
  return [...invalid, ...unavailable, ...uncounted, ...unreached];
}

/** A target that holds a flag already says of what stands now, if it says the same, nothing new. */
export function withoutEchoes(failures: readonly Failure[]): readonly Failure[] {
  const holds = failures.filter(
    ({ code, subject }) => code === 'not-compiled' && subject !== TARGETS,
  );
  return failures.filter(
    ({ code, subject, detail }) =>
      code !== 'not-compiled' ||
      subject !== TARGETS ||
      !holds.some((hold) => hold.detail.includes(detail)),
  );
}
