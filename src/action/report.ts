import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
import * as core from '@actions/core';
import type { Event } from '../decide/events.ts';
import { type Move, stepsDown } from '../decide/move.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { subject as subjectOf } from '../tell/commit.ts';
import { paintFor } from '../tell/paint.ts';
import { count } from '../tell/text.ts';
import type { View } from '../tell/view.ts';
import { asWritten, oneLine } from '../text.ts';
import { print } from './log.ts';

/** GitHub shows this many annotations of a severity in a step, and drops the rest without a word. */
const SHOWN = 10;
/** An annotation is read in a corner of a page. */
const LONGEST = 4000;
/** The largest summary of a step, in bytes, with room for what others wrote. */
const LARGEST_SUMMARY = 1_000_000;

/** A line beside a file or on the run's page. */
interface Annotation extends core.AnnotationProperties {
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

/** Annotates the first of each severity, problems after the rest; says how many more there are. */
export function annotate(problems: readonly Problem[], others: readonly Annotation[] = []): void {
  const annotations = [...others, ...problems.map(toAnnotation)];
  for (const severity of ['error', 'warning'] as const) {
    const all = annotations.filter((each) => each.severity === severity);
    const show = severity === 'error' ? core.error : core.warning;
    for (const { text, severity: _, ...place } of all.slice(0, SHOWN)) {
      show(oneLine(text, LONGEST), place);
    }
    const more = all.length - SHOWN;
    if (more > 0) core.notice(`${count(more, `more ${severity}`)} can be read in the job summary.`);
  }
}

function toAnnotation({ severity, message, hint, file, at, code }: Problem): Annotation {
  return {
    severity,
    text: hint ? `${message}. ${hint}` : message,
    title: `Sluice: ${code}`,
    file: asWritten(file),
    startLine: at.line,
    startColumn: at.column,
  };
}

/** What of an event is annotated: what was left undone, what does not count, and steps back. */
export function annotationsOf(event: Event): readonly Annotation[] {
  const about = (severity: Annotation['severity'], text: string, title: string): Annotation[] => [
    { severity, text, title: `Sluice: ${title}` },
  ];
  switch (event.kind) {
    case 'failed': {
      const { subject, detail, code } = event.failure;
      // What is wrong with a file is annotated there.
      if (code === 'invalid-rollout' || code === 'bad-config') return [];
      return about('error', `${subject}: ${detail}`, code);
    }
    case 'noticed': {
      const { subject, detail, code } = event.notice;
      return about('warning', `${subject}: ${detail}`, code);
    }
    case 'moved':
      return stepOf(event.move);
    case 'offered':
      return stepOf(event.offer.move);
    case 'held':
    case 'alarm':
      return [];
  }
}

const stepOf = (move: Move): readonly Annotation[] =>
  stepsDown(move)
    ? [
        {
          severity: 'warning',
          text: `${subjectOf([move])}: ${move.why}`,
          title: `Sluice: ${move.action}`,
        },
      ]
    : [];

/** Writes the job summary; one that is too large is cut, and says so. */
export function summarise(text: string): void {
  // Outside of a runner there is nowhere to write it.
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  const bytes = Buffer.from(text, 'utf8');
  const whole = bytes.length <= LARGEST_SUMMARY;
  const shown = whole
    ? text
    : `${bytes.subarray(0, LARGEST_SUMMARY).toString('utf8')}\n\n_Cut: more than GitHub shows._`;
  // Not by core.summary, which waits for a pool of threads to start.
  appendFileSync(file, `${shown}${EOL}`);
}

/** The outputs of action.yml. */
export interface Outputs {
  readonly decision: string;
  readonly changed: boolean;
  readonly commitSha: string | undefined;
  readonly pullRequests: readonly string[];
  /** Keys of completed rollouts that have drifted. */
  readonly drifted?: readonly string[];
  readonly result: Json;
}

export function setOutputs(outputs: Outputs): void {
  core.setOutput('decision', outputs.decision);
  core.setOutput('changed', String(outputs.changed));
  core.setOutput('commit-sha', outputs.commitSha ?? '');
  core.setOutput('pull-requests', JSON.stringify(outputs.pullRequests));
  core.setOutput('drifted', JSON.stringify(outputs.drifted ?? []));
  core.setOutput('result', JSON.stringify(outputs.result));
}

/** Prints a view into the log and the job summary. */
export function show(view: View): void {
  print(view.text(paintFor(false)));
  summarise(view.markdown());
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
