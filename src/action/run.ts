import * as core from '@actions/core';
import { ForgeFailure } from '../forge/error.ts';
import { GitHubError } from '../forge/github/error.ts';
import { adviceFor } from '../forge/github/permissions.ts';
import { CommandError } from '../repository/context.ts';
import { describeBug } from '../tell/bug.ts';
import { escapeMarkdown } from '../tell/markdown.ts';
import { resultOf } from '../tell/result.ts';
import { oneLine } from '../text.ts';
import { readEvent } from './event.ts';
import { InputError, readInputs } from './inputs.ts';
import { type Job, jobOf } from './job.ts';
import { print } from './log.ts';
import { setOutputs, summarise } from './report.ts';
import { openWorkflow, type RunnerEnvironment, type Workflow } from './workflow.ts';

/** Exit codes, as at the terminal's door. */
export const EXIT = { done: 0, undone: 1, usage: 2 } as const;

/**
 * The Action's door: event and inputs → one command → outputs, annotations, summary.
 *
 * @param env the runner's environment
 * @returns the exit code
 */
export async function runAction(env: RunnerEnvironment): Promise<number> {
  try {
    const inputs = readInputs();
    const event = await readEvent();
    const job = jobOf(event.name, event.payload, inputs);
    if (job.kind === 'ignore') {
      print(`Nothing to do: ${oneLine(job.why)}.`);
      setOutputs({ ...NOTHING, result: resultOf('ignore', { why: job.why }) });
      return EXIT.done;
    }
    return await runJob(job, openWorkflow(env, event, inputs));
  } catch (error) {
    return explain(error);
  }
}

/** Outputs of a run that decided nothing. */
const NOTHING = { decision: 'none', changed: false, commitSha: undefined, pullRequests: [] };

/** Loads what the job takes and no more: a review needs nothing that measures or judges. */
async function runJob(job: Exclude<Job, { kind: 'ignore' }>, workflow: Workflow): Promise<number> {
  switch (job.kind) {
    case 'validate':
      return (await import('./validate.ts')).runValidate(workflow, job.pull);
    case 'reconcile':
      return (await import('./reconcile.ts')).runReconcile(workflow);
    case 'compile':
      return (await import('./reconcile.ts')).runCompile(workflow);
    case 'respond':
      return (await import('./respond.ts')).runRespond(workflow, job.comment);
  }
}

/** Turns what was thrown into an annotation, outputs and an exit code. */
function explain(error: unknown): number {
  const { code, text, exit, trace = [] } = failureOf(error);
  core.error(text, { title: `Sluice: ${code}` });
  if (trace.length > 0) print(trace.join('\n'));
  summarise(`## Sluice could not do its work\n\n${escapeMarkdown(text, 2000)}`);
  setOutputs({ ...NOTHING, result: resultOf('failed', { code, detail: text }) });
  return exit;
}

interface Failed {
  readonly code: string;
  readonly text: string;
  readonly exit: number;
  readonly trace?: readonly string[];
}

function failureOf(error: unknown): Failed {
  if (error instanceof InputError || error instanceof CommandError) {
    const exit = error.code === 'busy-branch' ? EXIT.undone : EXIT.usage;
    return { code: error.code, text: error.message, exit };
  }
  if (error instanceof ForgeFailure) {
    const advice = error instanceof GitHubError ? adviceFor(error) : '';
    const text = `${error.message}${advice}. Nothing is lost: the next run goes on from what is on the branch`;
    return { code: error.code, text, exit: EXIT.undone };
  }
  return { code: 'internal', ...describeBug(error), exit: EXIT.undone };
}
