import { reaction } from '../shape/issue.ts';
import { notFound } from '../state/refusal.ts';
import type { Need } from '../state/token.ts';
import { created, type Input, NO_CONTENT, ok, reads, writes } from './call.ts';
import { commentOf } from './issues.ts';
import { page } from './page.ts';

const READS: readonly Need[] = [
  ['issues', 'read'],
  ['pull_requests', 'read'],
];
const WRITES: readonly Need[] = [
  ['issues', 'write'],
  ['pull_requests', 'write'],
];

const list = reads<Input<'reactions', 'listForIssueComment'>>(READS, (call, input) => {
  const { reactions } = commentOf(call.repository, input.comment_id);
  const found = reactions.filter(
    ({ content }) => input.content === undefined || content === input.content,
  );
  return page(call, input, found, (stored) => reaction(call.urls, stored));
});

/** Nobody reacts twice alike: the second time answers 200 with the reaction there is. */
const create = writes<Input<'reactions', 'createForIssueComment'>>(
  WRITES,
  ({ world, urls, repository, actor }, { comment_id, content }) => {
    const comment = commentOf(repository, comment_id);
    const known = comment.reactions.find(
      (stored) => stored.content === content && stored.user.login === actor.account.login,
    );
    if (known !== undefined) return ok(reaction(urls, known));
    const stored = { id: world.nextId(), user: actor.account, content, at: world.now() };
    comment.reactions.push(stored);
    return created(reaction(urls, stored));
  },
);

const remove = writes<Input<'reactions', 'deleteForIssueComment'>>(
  WRITES,
  ({ repository }, { comment_id, reaction_id }) => {
    const comment = commentOf(repository, comment_id);
    const rest = comment.reactions.filter(({ id }) => id !== reaction_id);
    if (rest.length === comment.reactions.length) throw notFound();
    comment.reactions = rest;
    return NO_CONTENT;
  },
);

export const REACTION_OPERATIONS = {
  'reactions/list-for-issue-comment': list,
  'reactions/create-for-issue-comment': create,
  'reactions/delete-for-issue-comment': remove,
};
