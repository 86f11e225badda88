import type { Assessment } from '../decide/assessment.ts';
import type { Failure } from '../decide/outcome.ts';
import type { InvalidSource } from '../files/read.ts';
import type { CommitOutcome } from '../forge/forge.ts';
import { isRecordPath } from '../model/record-path.ts';
import type { Written } from './commit.ts';
import { compileTargets, shortfallsOf, TARGETS } from './compile-targets.ts';
import { targetSource, type World } from './world.ts';

/**
 * What a pass could not do: because of what it found, which is refused credentials, invalid files, providers without an
 * answer, targets without words for what comes next; and what failed when it wrote.
 */
export function failuresOf(
  world: World,
  assessments: readonly Assessment[],
  ofWriting: readonly Failure[],
): readonly Failure[] {
  const refused = ofWriting.some(({ code }) => isNotCommitted(code));
  // What an earlier run switched off is off, whatever the branch did not take just now.
  const written = !refused || compileTargets(world, world.sources).files.length === 0;
  const invalid = world.sources
    .flatMap((source) => (source.kind === 'valid' ? [] : [invalidFile(world, source, written)]))
    // Whether a file is valid is told by the branch's own config.
    .filter(({ code }) => world.badConfig === undefined || code === 'kill-not-obeyed');
  const unavailable = assessments.flatMap(({ rollout, verdicts, trial }): Failure[] => {
    const verdict = verdicts.find(({ kind }) => kind === 'unavailable');
    if (verdict?.kind !== 'unavailable') {
      return trial?.does === 'blind'
        ? [{ code: 'unavailable', subject: rollout.key, detail: trial.text }]
        : [];
    }
    const detail = `${verdict.check.metric.name} (${verdict.reason}): ${verdict.detail}`;
    return [{ code: 'unavailable', subject: rollout.key, detail }];
  });
  const unseen = assessments.flatMap(({ rollout, decision, unmeasured = [] }): Failure[] =>
    decision.kind === 'hold' && decision.why.code === 'unavailable'
      ? unmeasured
          .filter(({ reason }) => reason !== 'no-data')
          .slice(0, 1)
          .map(({ metric, reason, detail }) => ({
            code: 'unavailable',
            subject: rollout.key,
            detail: `${metric} (${reason}): ${detail}`,
          }))
      : [],
  );
  const uncounted = assessments.flatMap(({ rollout, split }): Failure[] =>
    split?.kind === 'unavailable'
      ? [{ code: 'unavailable', subject: rollout.key, detail: `users: ${split.detail}` }]
      : [],
  );
  const unreached = assessments.flatMap(({ rollout, decision }): Failure[] =>
    decision.kind === 'hold' && decision.why.code === 'not-compiled'
      ? [{ code: 'not-compiled', subject: rollout.key, detail: decision.why.text }]
      : [],
  );
  const config = world.configProblems.flatMap((problem): Failure[] => {
    const { severity, file, at, message, hint } = problem;
    if (severity !== 'error') return [];
    const detail = hint === undefined ? message : `${message}; ${hint}`;
    return [{ code: 'bad-config', subject: `${file}:${at.line}:${at.column}`, detail }];
  });
  return withoutEchoes([
    ...config,
    ...invalid,
    ...unavailable,
    ...unseen,
    ...uncounted,
    ...unreached,
    ...ofWriting,
  ]);
}

/** What a commit that was made left undone: targets it was made without, a work tree that stayed behind. */
export function leftUndone({
  head,
  leftOut,
  warning,
}: Extract<Written, { kind: 'committed' }>): readonly Failure[] {
  return [
    ...leftOut.map(
      ({ path, why }): Failure =>
        isRecordPath(path)
          ? { code: 'evidence-not-kept', subject: path, detail: why }
          : { code: 'not-compiled', subject: TARGETS, detail: why },
    ),
    ...(warning === undefined
      ? []
      : [{ code: 'work-tree-behind', subject: head.branch, detail: warning } as const]),
  ];
}

/**
 * What users get of an invalid file. That a kill is obeyed is said only where every target has it,
 * and where one has not, that is a failure of its own: people are exposed who should not be.
 *
 * @param written whether what was compiled stands on the branch
 */
function invalidFile(world: World, source: InvalidSource, written: boolean): Failure {
  const { path, problems, killed } = source;
  const view = targetSource(source);
  const first = problems.find(({ severity }) => severity === 'error');
  const where = first ? `${first.file}:${first.at.line}:${first.at.column} ${first.message}` : '';
  const failure = (code: Failure['code'], so: string): Failure => {
    return { code, subject: path, detail: `${where}; ${so}` };
  };
  if (!killed) {
    // A target that cannot be written keeps what stands in it, as it should.
    const lost = shortfallsOf({ ...world, unwritable: [] }, view);
    return failure(
      'invalid-rollout',
      lost.length === 0
        ? 'nothing moves, and what was compiled last stays in force'
        : `nothing moves; ${lost.join('; ')}`,
    );
  }
  const missing = shortfallsOf(world, view).join('; ');
  if (missing !== '') {
    return failure('kill-not-obeyed', `its kill switch is not obeyed everywhere: ${missing}`);
  }
  if (world.targets.length > 0 && !world.targets.some((target) => target.carries(view))) {
    const why = 'no target is known to have its flag; fix the file';
    return failure('kill-not-obeyed', `its kill switch is set, but ${why}`);
  }
  return written
    ? failure('invalid-rollout', 'its kill switch is obeyed')
    : failure(
        'kill-not-obeyed',
        'its kill switch may not be obeyed yet: the branch did not take what was compiled',
      );
}

/** What a flag or an invalid file already says of a target, the targets need not say again. */
function withoutEchoes(failures: readonly Failure[]): readonly Failure[] {
  const isOfTargets = ({ code, subject }: Failure): boolean =>
    code === 'not-compiled' && subject === TARGETS;
  const holds = failures.filter(
    (failure) => failure.code === 'not-compiled' && !isOfTargets(failure),
  );
  const files = failures.filter(({ code }) => OF_FILES.includes(code));
  const isSaid = ({ detail }: Failure): boolean =>
    holds.some((hold) => hold.detail.includes(detail)) ||
    // What keeps a target from being written at all is no matter of one file.
    files.some((file) => detail.includes(file.subject) && file.detail.includes(detail));
  return failures.filter((failure) => !isOfTargets(failure) || !isSaid(failure));
}

/** A commit that the branch did not take, as far as anybody knows. */
export function notCommitted(
  subject: string,
  { detail, unanswered = false }: Extract<CommitOutcome, { kind: 'refused' }>,
): Failure {
  return { code: unanswered ? 'commit-unanswered' : 'commit-refused', subject, detail };
}

export const isNotCommitted = (code: Failure['code']): boolean =>
  code === 'commit-refused' || code === 'commit-unanswered';

const OF_FILES: readonly Failure['code'][] = ['invalid-rollout', 'kill-not-obeyed'];
