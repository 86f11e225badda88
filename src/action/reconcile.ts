import * as core from '@actions/core';
import { compile } from '../commands/compile.ts';
import { eventsOf } from '../decide/events.ts';
import { NOTHING_DONE } from '../decide/outcome.ts';
import { isWorkflowToken } from '../forge/github/token.ts';
import { movesOf } from '../tell/report.ts';
import { driftedOf } from '../tell/result.ts';
import { compileView } from '../tell/views/compile.ts';
import { tickView } from '../tell/views/tick.ts';
import { reconcile } from '../tick/reconcile.ts';
import { annotate, annotationsOf, gravest, setOutputs, show } from './report.ts';
import type { Workflow } from './workflow.ts';

const TOKEN_NOTE =
  'What GITHUB_TOKEN writes starts no workflows: neither a deployment on push nor checks on a revert pull request. If you need those, give the input token the token of an app.';

/** A tick: on a schedule, by hand, or from another system. */
export async function runReconcile({ client, context }: Workflow): Promise<number> {
  const report = await reconcile(context);
  const { assessments, outcome, waiting, notices, problems } = report;
  const { made, offered } = outcome;
  const moves = [...movesOf(report), ...offered.map(({ move }) => move)];
  const view = tickView(report);
  show(view);
  annotate(problems, eventsOf(outcome, assessments, notices).flatMap(annotationsOf));
  const changed = made.length > 0 || offered.some(({ opened }) => opened);
  if (changed && (await isWorkflowToken(client))) core.notice(TOKEN_NOTE);
  const decided = assessments.map(({ decision }) => decision.kind);
  setOutputs({
    decision: gravest([...decided, ...moves.map(({ action }) => action)]),
    changed,
    commitSha: made.at(-1)?.oid,
    pullRequests: waiting.map(({ where }) => where),
    drifted: driftedOf(report),
    result: view.json,
  });
  return view.exit;
}

/** The targets after a push; a commit only where bytes differ, so that it cannot cause itself. */
export async function runCompile({ client, context }: Workflow): Promise<number> {
  const report = await compile(context);
  const { commit, failures, problems } = report;
  const view = compileView(report);
  show(view);
  annotate(problems, eventsOf({ ...NOTHING_DONE, failures }).flatMap(annotationsOf));
  if (commit !== undefined && (await isWorkflowToken(client))) core.notice(TOKEN_NOTE);
  setOutputs({
    decision: 'none',
    changed: commit !== undefined,
    commitSha: commit,
    pullRequests: [],
    result: view.json,
  });
  return view.exit;
}
