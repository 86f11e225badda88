import { parseCommand } from '../comment/command.ts';
import type { Comment } from '../forge/forge.ts';
import type { Approval, Rollout } from '../model/rollout.ts';
import { type Duration, HOUR, type Instant, MINUTE } from '../time.ts';

/** How long after a comment it may still raise exposure. */
export const STALE: Duration = HOUR;

/** A command is carried out some time after it was checked, and clocks differ. */
const SLACK: Duration = 5 * MINUTE;

/** Why an approval does not count. */
export type VoidCode =
  | 'not-recorded'
  | 'removed'
  | 'no-comment'
  | 'other-comment'
  | 'comment-used'
  | 'comment-gone'
  | 'by-another'
  | 'by-a-bot'
  | 'comment-edited'
  | 'not-said'
  | 'too-late';

/** The reasons in words, for a sentence that begins "the approval of ada does not count: …". */
export const WHY_VOID: Readonly<Record<VoidCode, string>> = {
  'not-recorded': 'Sluice did not write it',
  removed: 'it was used or taken back before',
  'no-comment': 'it names no comment',
  'other-comment': 'its commit names another comment',
  'comment-used': 'its comment approved another stage',
  'comment-gone': 'its comment is gone',
  'by-another': 'somebody else wrote its comment',
  'by-a-bot': 'a bot wrote its comment',
  'comment-edited': 'its comment was edited',
  'not-said': 'its comment does not approve this flag',
  'too-late': 'it was recorded too long after its comment',
};

/** What a trailer and an approval call a comment. */
export const sourceOf = (comment: number): string => `comment-${comment}`;

/** The number of the comment that a command came in, if it came in one. */
export function commentIn(source: string | undefined): number | undefined {
  const [, digits] = /^comment-(\d{1,16})$/.exec(source ?? '') ?? [];
  const number = Number(digits);
  return digits !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

/** An approval, the commit that recorded it, and the comment that both name, as it is now. */
export interface Spoken {
  readonly approval: Approval;
  readonly recorded: { readonly at: Instant; readonly via?: string };
  readonly comment: Comment | undefined;
}

/** Why a comment does not bear out an approval; `undefined` if it does. Permission is asked apart. */
export function commentProblem(
  { approval, recorded, comment }: Spoken,
  { flag, environment }: Pick<Rollout, 'flag' | 'environment'>,
  prefix: string,
): VoidCode | undefined {
  if (approval.comment === undefined) return 'no-comment';
  if (recorded.via !== sourceOf(approval.comment)) return 'other-comment';
  if (!comment) return 'comment-gone';
  if (!comment.byPerson) return 'by-a-bot';
  if (comment.author.toLowerCase() !== approval.by.toLowerCase()) return 'by-another';
  if (comment.edited) return 'comment-edited';
  const said = parseCommand(comment.body, prefix);
  const approves =
    said.kind === 'command' &&
    said.verb === 'approve' &&
    said.flag === flag &&
    (said.environment ?? environment) === environment;
  if (!approves) return 'not-said';
  const after = recorded.at - comment.createdAt;
  return after < -SLACK || after > STALE + SLACK ? 'too-late' : undefined;
}
