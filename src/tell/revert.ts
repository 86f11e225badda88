import type { RolloutMove } from '../decide/move.ts';
import { currentStage, type Rollout } from '../model/rollout.ts';
import { approximateDuration } from '../time.ts';
import { commitSubject } from './commit.ts';
import { inert } from './commit-text.ts';
import { chart, evidenceTable, queryList } from './evidence.ts';
import { code, escapeMarkdown } from './markdown.ts';
import { trialList } from './trials.ts';

/** What a person reads who is asked to merge a revert: what happened, why, what next. */
export function revertBody(move: RolloutMove): string {
  const { rollout, verdicts, why, trial } = move;
  const drawn = chart(verdicts);
  return inert(
    [
      `This ${effectOf(move)}.`,
      `**Why:** ${escapeMarkdown(why)}`,
      ...trialList(trial, why),
      ...(verdicts.length > 0 ? [evidenceTable(verdicts)] : []),
      ...(drawn ? [drawn] : []),
      ...(queryList(verdicts) ? ['**What was asked**', queryList(verdicts)] : []),
      '**What next**',
      [
        `- Merge this to go back now. ${afterwards(rollout)}`,
        '- Close it unmerged to keep the flag where it is: it then holds, and nothing reverts this stage again. This counts if you may say `rollback`.',
        `- After the fix: ${code(`/rollout resume ${rollout.key}`)} goes on from where it is, ${code(`/rollout restart ${rollout.key}`)} from the first stage.`,
      ].join('\n'),
    ].join('\n\n'),
  );
}

/** What becomes of a revert that nobody merges or closes. */
const afterwards = ({ rollback: { commitAfter } }: Rollout): string =>
  commitAfter === 'never'
    ? 'It waits for as long as it takes.'
    : `If it is still open after ${approximateDuration(commitAfter)}, the next tick commits the rollback itself.`;

/** What a step back does, after `This` or `It`. */
function effectOf({ rollout, action, to }: RolloutMove): string {
  const from = currentStage(rollout)?.stage.name ?? rollout.status.stage ?? 'its stage';
  return action === 'degrade'
    ? `serves the fallback ${code(rollout.fallback)} to those who are exposed`
    : `takes ${code(rollout.key)} from ${code(from)} back to ${code(to ?? 'off')}`;
}

export const alarmTitle = (move: RolloutMove): string =>
  `Sluice could not do this: ${commitSubject([move])}`;

/** What a person reads who has to do by hand what the bot was not let do. */
export function alarmBody(move: RolloutMove, refusals: readonly string[]): string {
  const { rollout, verdicts, why } = move;
  return [
    `${rollout.owners.join(' ')}: the metrics say that this rollout has to go back, and GitHub took neither a commit nor a pull request. **People are still exposed to ${code(rollout.key)}.** The step that was refused ${effectOf(move)}.`,
    `**Why:** ${escapeMarkdown(why)}`,
    ...trialList(move.trial, why),
    ...(verdicts.length > 0 ? [evidenceTable(verdicts)] : []),
    '**What GitHub said**',
    refusals.map((refusal) => `- ${escapeMarkdown(refusal, 1000)}`).join('\n'),
    '**What next**',
    [
      `- Now, by hand: set ${code('kill: true')} at the top of ${code(rollout.file)} on the default branch, which switches the flag off for everybody.`,
      '- Then change one of the settings above: the next tick does the rest by itself.',
      '- Close this when it is done. It is not opened twice for the same stage.',
    ].join('\n'),
  ].join('\n\n');
}

/** What a person reads who is asked to merge what a command could not commit. */
export function commandBody({ rollout, by, why }: RolloutMove): string {
  const said = by
    ? `${code(by.user)} said ${code(by.verb)} of ${code(rollout.key)}`
    : code(rollout.key);
  return inert(
    [
      `${said}, and the branch takes no commit of the bot's.`,
      `**Why:** ${escapeMarkdown(why)}`,
      '**What next:** merge this to carry it out. To have commands carried out at once, let the bot bypass the rule that protects the branch.',
    ].join('\n\n'),
  );
}
