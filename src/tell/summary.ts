import type { Policy } from '../config/model.ts';
import { coverage, exposureOf } from '../exposure/exposure.ts';
import { currentStage } from '../rollout/model.ts';
import { significant } from '../rollout/units.ts';
import { subject } from './commit.ts';
import { evidenceTable } from './evidence.ts';
import { code, escapeMarkdown, table } from './markdown.ts';
import { movesNow, type Seen, type TickReport, toldOf } from './report.ts';
import { nextOf } from './status.ts';
import { count } from './text.ts';

/** A tick for the job summary: what moved and why, how everything stands, what failed. */
export function tickSummary(report: TickReport): string {
  const { policy } = report;
  const moved = report.observations.filter(({ decision }) => movesNow(decision));
  const done = report.dryRun ? 'would ' : '';
  const title =
    moved.length === 0
      ? `Sluice: ${count(report.observations.length, 'rollout')}, nothing moved`
      : `Sluice: ${done}${subject(moved.map(toldOf))}`;
  return [
    `## ${escapeMarkdown(title)}`,
    ...moved.map(moveSection),
    ...(report.proposals.length > 0
      ? [
          report.proposals
            .map(
              ({ move, proposal }) => `- ⇄ ${escapeMarkdown(subject([move]))}: ${proposal.where}`,
            )
            .join('\n'),
        ]
      : []),
    ...failureSection(report),
    ...(report.observations.length > 0
      ? ['### How everything stands', statusTable(report.observations, policy, report.now)]
      : []),
  ].join('\n\n');
}

function moveSection(seen: Seen): string {
  const parts = [
    `### ${escapeMarkdown(subject([toldOf(seen)]))}`,
    `Because ${escapeMarkdown(seen.decision.why.text)}.`,
  ];
  if (seen.verdicts.length > 0) parts.push(evidenceTable(seen.verdicts));
  return parts.join('\n\n');
}

function failureSection({ failures }: TickReport): readonly string[] {
  if (failures.length === 0) return [];
  const lines = failures.map(
    ({ subject: about, detail, code: name }) =>
      `- ❌ ${code(about)} ${escapeMarkdown(detail, 1000)} (${code(name)})`,
  );
  return ['### What was not done', lines.join('\n')];
}

/** How rollouts stand, a row each. */
export function statusTable(seen: readonly Seen[], policy: Policy, now: number): string {
  return table(
    ['Rollout', 'Phase', 'Stage', 'Users', 'Checks', 'Next'],
    seen.map((each) => {
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
        escapeMarkdown(nextOf(each, policy, now)),
      ];
    }),
  );
}
