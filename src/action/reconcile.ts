import * as core from '@actions/core';
import { compile } from '../commands/compile.ts';
import { reconcile } from '../commands/reconcile.ts';
import { isWorkflowToken } from '../forge/github/people.ts';
import { paintFor } from '../tell/paint.ts';
import { failureFields, resultOf, tickFields } from '../tell/result.ts';
import { tickSummary } from '../tell/summary.ts';
import { renderTick } from '../tell/tick.ts';
import { annotate, gravest, problemSection, setOutputs, summarise } from './report.ts';
import type { Workflow } from './workflow.ts';

const TOKEN_NOTE =
  'What GITHUB_TOKEN writes starts no workflows: neither a deployment on push nor checks on a revert pull request. If you need those, give the input token the token of an app.';

/** A tick: on a schedule, by hand, or from another system. */
export async function runReconcile({ client, context }: Workflow): Promise<number> {
  const report = await reconcile(context);
  const { observations, commits, proposals, failures, problems } = report;
  core.info(renderTick(report, paintFor(false)));
  annotate(problems);
  for (const { subject, detail, code } of failures) {
    core.error(`${subject}: ${detail}`, { title: `Sluice: ${code}` });
  }
  await summarise(tickSummary(report) + problemSection(problems));
  const changed = commits.length > 0 || proposals.some(({ opened }) => opened);
  if (changed && (await isWorkflowToken(client))) core.notice(TOKEN_NOTE);
  setOutputs({
    decision: gravest(observations.map(({ decision }) => decision.kind)),
    changed,
    commitSha: commits.at(-1)?.oid,
    pullRequests: proposals.map(({ proposal }) => proposal.where),
    result: resultOf('reconcile', tickFields(report)),
  });
  return failures.length > 0 ? 1 : 0;
}

/** The targets after a push; a commit only where bytes differ, so that it cannot cause itself. */
export async function runCompile({ context }: Workflow): Promise<number> {
  const { changed, commit, failures } = await compile(context);
  core.info(
    changed.length === 0 ? 'Every target is as it should be.' : `Wrote ${changed.join(', ')}.`,
  );
  for (const { subject, detail, code } of failures) {
    core.error(`${subject}: ${detail}`, { title: `Sluice: ${code}` });
  }
  setOutputs({
    decision: 'none',
    changed: commit !== undefined,
    commitSha: commit,
    pullRequests: [],
    result: resultOf('compile', {
      changed,
      commit: commit ?? null,
      failures: failures.map(failureFields),
    }),
  });
  return failures.length > 0 ? 1 : 0;
}
