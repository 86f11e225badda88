import { subject } from './commit.ts';
import type { Paint } from './paint.ts';
import { type Seen, type TickReport, toldOf } from './report.ts';
import { healthOf, nextOf } from './status.ts';
import { count } from './text.ts';

/** What a tick did and why, for a terminal: what moved first, then what holds, then what failed. */
export function renderTick(report: TickReport, paint: Paint): string {
  const { observations, now, policy } = report;
  const moved = observations.filter(
    ({ decision }) => !['none', 'hold', 'kill'].includes(decision.kind),
  );
  const still = observations.filter((seen) => !moved.includes(seen));
  return [
    ...moved.map((seen) => renderMove(seen, paint)),
    ...still.map(
      (seen) =>
        `${paint.dim('·')} ${paint.bold(seen.rollout.key)} ${paint.dim(seen.rollout.kill ? 'killed' : seen.rollout.status.phase)}: ${nextOf(seen, policy, now)}`,
    ),
    ...report.proposals.map(
      ({ move, proposal, opened }) =>
        `${paint.yellow('⇄')} ${subject([move])}: ${opened ? 'offered as' : 'already offered as'} ${proposal.where}`,
    ),
    ...report.withdrawn.map(
      ({ where }) => `${paint.dim('×')} withdrawn, its stage is over: ${where}`,
    ),
    ...report.failures.map(
      ({ code, subject: about, detail }) =>
        `${paint.red('failed')} ${about}: ${detail} ${paint.dim(code)}`,
    ),
    closing(report, paint),
  ].join('\n');
}

function renderMove(seen: Seen, paint: Paint): string {
  const { decision, verdicts } = seen;
  const back = ['rollback', 'degrade', 'pause'].includes(decision.kind);
  const mark = back ? paint.red('▼') : paint.green('▲');
  return [
    `${mark} ${paint.bold(subject([toldOf(seen)]))}`,
    `    because ${decision.why.text}`,
    ...verdicts.map((verdict) => `    ${healthOf(verdict, paint)}`),
  ].join('\n');
}

function closing(report: TickReport, paint: Paint): string {
  const rollouts = count(report.observations.length, 'rollout');
  if (report.dryRun) return paint.dim(`${rollouts} looked at; dry run, nothing was written`);
  if (report.commits.length === 0) return paint.dim(`${rollouts} looked at; no commit`);
  const made = report.commits.map(({ oid, subject: text }) => `${oid.slice(0, 9)} ${text}`);
  return `${paint.dim(`${rollouts} looked at; committed`)} ${made.join(', ')}`;
}
