import { type Move, nameOf, type RolloutMove, stepsDown } from '../decide/move.ts';
import type { Offer } from '../decide/outcome.ts';
import { oneLine } from '../text.ts';
import { approximateDuration } from '../time.ts';
import { subject } from './commit.ts';
import type { Paint } from './paint.ts';
import { movesOf, type TickReport } from './report.ts';
import { healthOf, nextOf } from './status.ts';
import { count } from './text.ts';
import { trialLines } from './trials.ts';

/** What a tick did and why, for a terminal: what moved first, then what holds, then what failed. */
export function renderTick(report: TickReport, paint: Paint): string {
  const { assessments, outcome } = report;
  const moved = movesOf(report);
  const told = new Set([...moved, ...outcome.offered.map(({ move }) => move)].map(nameOf));
  const still = assessments.filter(({ rollout }) => !told.has(rollout.key));
  return [
    ...moved.map((move) => renderMove(move, paint)),
    ...outcome.offered.map((offer) => renderOffer(offer, paint)),
    ...still.map(
      (each) =>
        `${paint.dim('·')} ${paint.bold(each.rollout.key)} ${paint.dim(each.rollout.kill ? 'killed' : each.rollout.status.phase)}: ${oneLine(nextOf(each), 2000)}`,
    ),
    ...report.withdrawn.map(
      ({ where }) => `${paint.dim('×')} withdrawn, its stage is over: ${oneLine(where)}`,
    ),
    ...outcome.failures.map(
      ({ code, subject: about, detail }) =>
        `${paint.red('failed')} ${oneLine(about)}: ${oneLine(detail, 2000)} ${paint.dim(code)}`,
    ),
    ...report.notices.map(
      ({ code, subject: about, detail }) =>
        `${paint.yellow('note')} ${oneLine(about)}: ${oneLine(detail, 2000)} ${paint.dim(code)}`,
    ),
    ...outcome.alarms.map((where) => `${paint.red('!')} a person has to act: ${where}`),
    closing(report, paint),
  ].join('\n');
}

function renderMove(move: Move, paint: Paint): string {
  const mark = stepsDown(move) ? paint.red('▼') : paint.green('▲');
  return [
    `${mark} ${paint.bold(subject([move]))}`,
    `    because ${oneLine(move.why)}`,
    ...(move.of === 'rollout' ? measuredLines(move, paint) : []),
  ].join('\n');
}

const measuredLines = ({ verdicts, trial, why }: RolloutMove, paint: Paint): readonly string[] => [
  ...verdicts.map((verdict) => `    ${healthOf(verdict, paint)}`),
  ...trialLines(trial, why).map((line) => `    ${line}`),
];

/** A revert that waits for people: what it would do, why, and how to accept or decline it. */
export function renderOffer({ move, proposal, opened }: Offer, paint: Paint): string {
  const { rollout, verdicts, why } = move;
  if (proposal.state === 'merged') {
    return [
      `${paint.red('▼')} ${paint.bold(subject([move]))}, by a pull request that merged at once`,
      `    because ${oneLine(why)}`,
      ...verdicts.map((verdict) => `    ${healthOf(verdict, paint)}`),
      `    ${proposal.where}`,
    ].join('\n');
  }
  const { commitAfter } = rollout.rollback;
  const itself =
    commitAfter === 'never'
      ? 'it waits for you'
      : `it commits itself ${approximateDuration(commitAfter)} after it was opened`;
  const declined = proposal.where.replace('rollout/revert/', 'rollout/declined/');
  const how = /^https?:/.test(proposal.where)
    ? [`    merge or close ${proposal.where}; ${itself}`]
    : [
        `    accept:  git merge ${proposal.where}`,
        `    decline: git branch -m ${proposal.where} ${declined}`,
        `    neither: ${itself}`,
      ];
  return [
    `${paint.yellow('⇄')} ${paint.bold(`${opened ? 'Offers to' : 'Still offers to'} ${lower(subject([move]))}`)}; not done yet`,
    `    because ${oneLine(why)}`,
    ...measuredLines(move, paint),
    ...how,
  ].join('\n');
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function closing(report: TickReport, paint: Paint): string {
  const rollouts = count(report.assessments.length, 'rollout');
  if (report.dryRun) return paint.dim(`${rollouts} looked at; dry run, nothing was written`);
  const { made: commits } = report.outcome;
  if (commits.length === 0) return paint.dim(`${rollouts} looked at; no commit`);
  const made = commits.map(({ oid, subject: text }) => `${oid.slice(0, 9)} ${text}`);
  return `${paint.dim(`${rollouts} looked at; committed`)} ${made.join(', ')}`;
}
