import * as core from '@actions/core';
import { compile } from '../commands/compile.ts';
import { type Move, stepsDown } from '../decide/move.ts';
import { isWorkflowToken } from '../forge/github/token.ts';
import { exitCodeOf } from '../repository/failures.ts';
import { subject } from '../tell/commit.ts';
import { paintFor } from '../tell/paint.ts';
import { movesOf, type Notice } from '../tell/report.ts';
import { driftedOf, failureFields, problemFields, resultOf, tickFields } from '../tell/result.ts';
import { compileSummary, tickSummary } from '../tell/summary.ts';
import { renderTick } from '../tell/tick.ts';
import { reconcile } from '../tick/reconcile.ts';
import { print } from './log.ts';
import { annotate, gravest, problemSection, setOutputs, summarise, undone } from './report.ts';
import type { Workflow } from './workflow.ts';

const TOKEN_NOTE =
  'What GITHUB_TOKEN writes starts no workflows: neither a deployment on push nor checks on a revert pull request. If you need those, give the input token the token of an app.';

/** A tick: on a schedule, by hand, or from another system. */
export async function runReconcile({ client, context }: Workflow): Promise<number> {
  const report = await reconcile(context);
  const { assessments, outcome, waiting, notices, problems } = report;
  const { made, offered, failures } = outcome;
  const moves = [...movesOf(report), ...offered.map(({ move }) => move)];
  print(renderTick(report, paintFor(false)));
  annotate(problems, [
    ...undone(failures),
    ...notices.map(warning),
    ...moves.filter(stepsDown).map(alert),
  ]);
  summarise(tickSummary(report) + problemSection(problems));
  const changed = made.length > 0 || offered.some(({ opened }) => opened);
  if (changed && (await isWorkflowToken(client))) core.notice(TOKEN_NOTE);
  const decided = assessments.map(({ decision }) => decision.kind);
  setOutputs({
    decision: gravest([...decided, ...moves.map(({ action }) => action)]),
    changed,
    commitSha: made.at(-1)?.oid,
    pullRequests: waiting.map(({ where }) => where),
    drifted: driftedOf(report),
    result: resultOf('reconcile', tickFields(report)),
  });
  return exitCodeOf(failures);
}

const warning = ({ subject: about, detail, code }: Notice) => ({
  severity: 'warning' as const,
  text: `${about}: ${detail}`,
  title: `Sluice: ${code}`,
});

const alert = (move: Move) => ({
  severity: 'warning' as const,
  text: `${subject([move])}: ${move.why}`,
  title: `Sluice: ${move.action}`,
});

/** The targets after a push; a commit only where bytes differ, so that it cannot cause itself. */
export async function runCompile({ client, context }: Workflow): Promise<number> {
  const { changed, commit, failures, problems, targets } = await compile(context);
  const told = compileSummary({ changed, commit, failures, targets, dryRun: context.dryRun });
  print(told.line);
  annotate(problems, undone(failures));
  summarise(told.markdown + problemSection(problems));
  if (commit !== undefined && (await isWorkflowToken(client))) core.notice(TOKEN_NOTE);
  setOutputs({
    decision: 'none',
    changed: commit !== undefined,
    commitSha: commit,
    pullRequests: [],
    result: resultOf('compile', {
      changed,
      commit: commit ?? null,
      failures: failures.map(failureFields),
      problems: problems.map(problemFields),
    }),
  });
  return exitCodeOf(failures);
}
