import { forecast } from '../decide/forecast.ts';
import type { Policy } from '../model/config.ts';
import { describeStage } from '../model/exposure.ts';
import type { Problem } from '../model/problem.ts';
import type { Rollout } from '../model/rollout.ts';
import { approximateDuration, type Instant } from '../time.ts';
import { code, escapeMarkdown, prose, table } from './markdown.ts';
import { formatMoment } from './moment.ts';
import { summarise } from './problems.ts';
import { trialPlans } from './trials.ts';

/** A review of a change, for its pull request. */
export interface Review {
  readonly problems: readonly Problem[];
  /** The rollouts that the change touches, as they would be. */
  readonly rollouts: readonly Rollout[];
  readonly files: number;
  readonly policy?: Policy | undefined;
  readonly configChanged: boolean;
  readonly now: Instant;
}

/** With more rollouts than this, a plan of each would bury the problems. */
const PLANS = 10;

/** The review as Markdown: is it fine, what is wrong, and what will happen when. */
export function reviewText(review: Review): string {
  const { problems, rollouts, policy, now } = review;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const mark = errors > 0 ? '❌' : problems.length > 0 ? '⚠️' : '✅';
  return [
    `### ${mark} Rollout review: ${summarise(problems, review.files)}`,
    ...(problems.length > 0 ? [problemTable(problems)] : []),
    ...(review.configChanged
      ? [
          'The config changes here too. Its metrics, ladders and segments are taken as they would be; the policy is the one in force now.',
        ]
      : []),
    ...(policy ? rollouts.slice(0, PLANS).map((rollout) => plan(rollout, policy, now)) : []),
    ...(rollouts.length > PLANS ? [`… and ${rollouts.length - PLANS} rollouts more.`] : []),
  ].join('\n\n');
}

/** Problems, a row each, with the place they are at. */
export function problemTable(problems: readonly Problem[]): string {
  return table(
    ['', 'Where', 'What', 'What to do'],
    problems.map(({ severity, file, at, message, hint, code: name }) => [
      severity === 'error' ? '❌' : '⚠️',
      code(`${file}:${at.line}:${at.column}`),
      `${prose(message)} (${code(name)})`,
      hint === undefined ? '' : prose(hint),
    ]),
  );
}

/** Problems for the summary, where there are more than annotations show. */
export function problemSection(problems: readonly Problem[]): string {
  return problems.length === 0 ? '' : `\n\n### Problems\n\n${problemTable(problems)}`;
}

function plan(rollout: Rollout, policy: Policy, now: Instant): string {
  const steps = forecast(rollout, policy, now);
  const title =
    `**${escapeMarkdown(rollout.key)}** ${escapeMarkdown(rollout.description)}`.trimEnd();
  if (rollout.kill) return `${title}: the kill switch is set, so nobody gets it.`;
  if (steps.length === 0) return `${title}: ${rollout.status.phase}.`;
  return [
    `${title}, at the earliest:`,
    table(
      ['When', 'Stage', 'Who has it', 'Stays at least'],
      steps.map(({ stage, at, ended }) => [
        at === undefined
          ? `never: ${ended ? 'it ends before' : 'no advance window opens'}`
          : formatMoment(at, policy.timezone),
        code(stage.name),
        escapeMarkdown(describeStage(stage)),
        approximateDuration(stage.duration),
      ]),
    ),
    ...(rollout.end === undefined
      ? []
      : [
          `From ${formatMoment(rollout.end, policy.timezone)} everybody gets ${code(rollout.control)}, unless it is completed by then: the rollout ends.`,
        ]),
    ...trialPlans(rollout).map((text) => escapeMarkdown(text, 2000)),
  ].join('\n\n');
}
