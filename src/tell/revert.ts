import { currentStage } from '../rollout/model.ts';
import { chart, evidenceTable, queryList } from './evidence.ts';
import { code, escapeMarkdown } from './markdown.ts';
import type { Told } from './report.ts';

/** What a person reads who is asked to merge a revert: what happened, why, what next. */
export function revertBody(move: Told, afterwards: string): string {
  const { rollout, to, verdicts, why } = move;
  const from = currentStage(rollout)?.stage.name ?? rollout.status.stage ?? 'its stage';
  const effect =
    move.action === 'degrade'
      ? `serves the fallback ${code(rollout.fallback)} to those who are exposed`
      : `takes ${code(rollout.key)} from ${code(from)} back to ${code(to ?? 'off')}`;
  const drawn = chart(verdicts);
  return [
    `This ${effect}.`,
    `**Why:** ${escapeMarkdown(why)}`,
    evidenceTable(verdicts),
    ...(drawn ? [drawn] : []),
    ...(queryList(verdicts) ? ['**What was asked**', queryList(verdicts)] : []),
    '**What next**',
    [
      `- Merge this to go back now. ${afterwards}`,
      '- Close it unmerged to keep the flag where it is: it then holds, and nothing reverts this stage again.',
      `- After the fix: ${code(`/rollout resume ${rollout.key}`)} goes on from where it is, ${code(`/rollout restart ${rollout.key}`)} from the first stage.`,
    ].join('\n'),
  ].join('\n\n');
}
