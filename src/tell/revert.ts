import { currentStage } from '../rollout/model.ts';
import { approximateDuration } from '../time.ts';
import { code, escapeMarkdown, table } from './markdown.ts';
import { formatValue } from './numbers.ts';
import type { Told } from './report.ts';
import { limitOf } from './verdicts.ts';

/** What a person reads who is asked to merge a revert: what happened, why, what next. */
export function revertBody(move: Told, commitAfter: string): string {
  const { rollout, to, verdicts, why } = move;
  const from = currentStage(rollout)?.stage.name ?? rollout.status.stage ?? 'its stage';
  const target =
    move.action === 'degrade'
      ? `serves the fallback ${code(rollout.fallback)} to those who are exposed`
      : `takes ${code(rollout.key)} from ${code(from)} back to ${code(to ?? 'off')}`;
  const rows = verdicts.map((verdict) => {
    const { check, evidence } = verdict;
    const { unit } = check.metric;
    const show = (value: number | undefined): string =>
      value === undefined ? '—' : formatValue(value, unit);
    const limit = limitOf(evidence.limits);
    return [
      code(check.metric.name),
      verdict.kind === 'breach' ? '**breach**' : verdict.kind,
      show(evidence.value),
      limit ? `${show(limit.threshold)} (${code(limit.name)})` : '—',
      evidence.baseline
        ? `${show(evidence.baseline.value)} (${evidence.baseline.from})`
        : show(evidence.control),
      evidence.samples === undefined ? '—' : Math.floor(evidence.samples).toLocaleString('en-US'),
      approximateDuration(evidence.window),
    ];
  });
  const queries = verdicts
    .filter(({ evidence }) => evidence.query !== '')
    .map(({ check, evidence }) => `- ${code(check.metric.name)}: ${code(evidence.query, 2000)}`);
  return [
    `This ${target}.`,
    `**Why:** ${escapeMarkdown(why)}`,
    table(['Check', 'Verdict', 'Value', 'Limit', 'Baseline', 'Samples', 'Window'], rows),
    ...(queries.length > 0 ? ['**What was asked**', queries.join('\n')] : []),
    '**What next**',
    [
      `- Merge this to go back now. ${commitAfter}`,
      '- Close it unmerged to keep the flag where it is: it then holds, and nothing reverts this stage again.',
      `- After the fix: ${code(`/rollout resume ${rollout.key}`)} goes on from where it is, ${code(`/rollout restart ${rollout.key}`)} from the first stage.`,
    ].join('\n'),
  ].join('\n\n');
}
