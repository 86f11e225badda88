import type { Assessment } from '../decide/assessment.ts';
import { type Move, nameOf } from '../decide/move.ts';
import type { Failure, Offer } from '../decide/outcome.ts';
import { coverage, exposureOf } from '../model/exposure.ts';
import type { Proposal } from '../model/proposal.ts';
import { currentStage } from '../model/rollout.ts';
import { significant } from '../model/units.ts';
import { approximateDuration } from '../time.ts';
import { subject } from './commit.ts';
import { evidenceTable } from './evidence.ts';
import { code, escapeMarkdown, table } from './markdown.ts';
import { movesOf, type TickReport } from './report.ts';
import { nextOf } from './status.ts';
import { count } from './text.ts';
import { trialList } from './trials.ts';

/** A tick for the job summary: what moved and why, how everything stands, what failed. */
export function tickSummary(report: TickReport): string {
  const { assessments, outcome, waiting } = report;
  const { offered, alarms, failures } = outcome;
  const moved = movesOf(report);
  return [
    `## ${escapeMarkdown(titleOf(report, moved))}`,
    ...alarms.map((where) => `**A person has to act: ${where}**`),
    ...moved.map((move) => moveSection(move)),
    ...offered.map(offerSection),
    ...openSection(
      waiting.filter(({ branch }) => !offered.some(({ proposal }) => proposal.branch === branch)),
    ),
    ...failureSection(failures),
    ...noticeSection(report),
    ...(assessments.length > 0
      ? ['### Every rollout', statusTable(assessments, doneIn(report))]
      : []),
  ].join('\n\n');
}

function titleOf(report: TickReport, moved: readonly Move[]): string {
  const { dryRun, assessments, waiting } = report;
  const { offered, failures } = report.outcome;
  const merged = offered.filter(({ proposal }) => proposal.state === 'merged');
  const did = [...moved, ...merged.map(({ move }) => move)];
  const parts = [
    ...(did.length > 0 ? [dryRun ? `would ${lower(subject(did))}` : subject(did)] : []),
    ...(waiting.length > 0 ? [`${count(waiting.length, 'revert')} to merge or close`] : []),
    ...(failures.length > 0 ? [`${count(failures.length, 'failure')}`] : []),
  ];
  const still = did.length > 0 ? [] : [`${count(assessments.length, 'rollout')}, nothing moved`];
  return `Sluice: ${[...still, ...parts].join('; ')}`;
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function moveSection(move: Move, more = ''): string {
  const parts = [
    `### ${escapeMarkdown(subject([move]))}`,
    `Because ${escapeMarkdown(move.why)}.${more}`,
  ];
  if (move.of === 'invalid-file') return parts.join('\n\n');
  if (move.verdicts.length > 0) parts.push(evidenceTable(move.verdicts));
  return [...parts, ...trialList(move.trial, move.why)].join('\n\n');
}

function offerSection({ move, proposal }: Offer): string {
  const { commitAfter } = move.rollout.rollback;
  const itself =
    commitAfter === 'never'
      ? ''
      : ` If nobody does either within ${approximateDuration(commitAfter)}, the next tick commits it.`;
  return moveSection(
    move,
    proposal.state === 'merged'
      ? `\n\nDone by a pull request, which merged at once: ${proposal.where}`
      : `\n\n**Not done yet.** Merge it, or close it to keep the flag where it is: ${proposal.where}.${itself}`,
  );
}

function openSection(waiting: readonly Proposal[]): readonly string[] {
  if (waiting.length === 0) return [];
  return [
    '### Reverts that wait for people',
    waiting
      .map(({ where }) => `- ⇄ ${where}: merge it, or close it to keep the flag where it is`)
      .join('\n'),
  ];
}

/** What was left undone, as a section of a summary. */
export function failureSection(failures: readonly Failure[]): readonly string[] {
  if (failures.length === 0) return [];
  const lines = failures.map(
    ({ subject: about, detail, code: name }) =>
      `- ❌ ${code(about)} ${escapeMarkdown(detail, 1000)} (${code(name)})`,
  );
  return ['### What was not done', lines.join('\n')];
}

function noticeSection({ notices }: TickReport): readonly string[] {
  if (notices.length === 0) return [];
  const lines = notices.map(
    ({ subject: about, detail, code: name }) =>
      `- ⚠️ ${code(about)} ${escapeMarkdown(detail, 1000)} (${code(name)})`,
  );
  return ['### What does not count', lines.join('\n')];
}

/** What this very tick did with rollouts, by their keys: their rows say what was before. */
function doneIn(report: TickReport): ReadonlyMap<string, string> {
  if (report.dryRun) return new Map();
  const moved = movesOf(report).map(
    (move) => [nameOf(move), `done just now: ${lower(subject([move]))}`] as const,
  );
  const offered = report.outcome.offered.map(({ move, proposal }) => {
    const merged = proposal.state === 'merged';
    const text = merged
      ? `done just now: ${lower(subject([move]))}`
      : 'its revert waits for people';
    return [move.rollout.key, text] as const;
  });
  return new Map([...moved, ...offered]);
}

/**
 * How rollouts stand, a row each.
 *
 * @param done what is to be said of some of them instead of what comes next, by their keys
 */
export function statusTable(
  assessments: readonly Assessment[],
  done: ReadonlyMap<string, string> = new Map(),
): string {
  return table(
    ['Rollout', 'Phase', 'Stage', 'Users', 'Checks', 'Next'],
    assessments.map((each) => {
      const { rollout, verdicts } = each;
      const at = currentStage(rollout);
      const exposure = exposureOf(rollout);
      const passed = verdicts.filter(({ kind }) => kind === 'pass').length;
      return [
        code(rollout.key),
        rollout.kill ? '**killed**' : rollout.status.phase,
        at ? `${code(at.stage.name)} (${at.index + 1}/${rollout.stages.length})` : '—',
        exposure ? `${significant(coverage(exposure))} %` : '—',
        verdicts.length === 0 ? '—' : `${passed}/${verdicts.length} pass`,
        escapeMarkdown(done.get(rollout.key) ?? nextOf(each)),
      ];
    }),
  );
}
