import * as core from '@actions/core';
import { problemTable } from '../tell/review.ts';
import type { Json } from '../yaml/json.ts';
import type { Problem } from '../yaml/problem.ts';

/** GitHub shows this many annotations of a severity in a step, and drops the rest without a word. */
const SHOWN = 10;
/** The largest summary of a step, in bytes, with room for what others wrote. */
const LARGEST_SUMMARY = 1_000_000;

/** Annotates the first problems of each severity; says how many more there are. */
export function annotate(problems: readonly Problem[]): void {
  for (const severity of ['error', 'warning'] as const) {
    const all = problems.filter((problem) => problem.severity === severity);
    for (const { message, hint, file, at, code } of all.slice(0, SHOWN)) {
      const text = hint ? `${message}. ${hint}` : message;
      const place = { title: `Sluice: ${code}`, file, startLine: at.line, startColumn: at.column };
      if (severity === 'error') core.error(text, place);
      else core.warning(text, place);
    }
    const more = all.length - SHOWN;
    if (more > 0) core.notice(`${more} more ${severity}s are in the job summary.`);
  }
}

/** Problems for the summary, where there are more than annotations show. */
export function problemSection(problems: readonly Problem[]): string {
  return problems.length === 0 ? '' : `\n\n### Problems\n\n${problemTable(problems)}`;
}

/** Writes the job summary; one that is too large is cut, and says so. */
export async function summarise(text: string): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  const whole = bytes.length <= LARGEST_SUMMARY;
  const shown = whole
    ? text
    : `${bytes.subarray(0, LARGEST_SUMMARY).toString('utf8')}\n\n_Cut: more than GitHub shows._`;
  await core.summary.addRaw(shown, true).write();
}

/** The outputs of action.yml. */
export interface Outputs {
  readonly decision: string;
  readonly changed: boolean;
  readonly commitSha: string | undefined;
  readonly pullRequests: readonly string[];
  readonly result: Json;
}

export function setOutputs(outputs: Outputs): void {
  core.setOutput('decision', outputs.decision);
  core.setOutput('changed', String(outputs.changed));
  core.setOutput('commit-sha', outputs.commitSha ?? '');
  core.setOutput('pull-requests', JSON.stringify(outputs.pullRequests));
  core.setOutput('result', JSON.stringify(outputs.result));
}

/** From the gravest down: what a person would want to hear of first. */
const GRAVITY = [
  'rollback',
  'degrade',
  'pause',
  'kill',
  'advance',
  'start',
  'complete',
  'hold',
  'none',
];

/** The gravest of some decisions. */
export function gravest(kinds: readonly string[]): string {
  return GRAVITY.find((kind) => kinds.includes(kind)) ?? 'none';
}
