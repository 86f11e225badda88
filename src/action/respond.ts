import * as core from '@actions/core';
import { respond } from '../commands/respond.ts';
import { readWorld } from '../commands/world.ts';
import { GitHubError } from '../forge/github/client.ts';
import { findComment, react, stickComment } from '../forge/github/conversation.ts';
import { escapeMarkdown } from '../tell/markdown.ts';
import type { Reply } from '../tell/report.ts';
import { replyFields, resultOf } from '../tell/result.ts';
import { statusTable } from '../tell/summary.ts';
import type { CommentEvent } from './job.ts';
import { setOutputs } from './report.ts';
import type { Workflow } from './workflow.ts';

/**
 * Obeys a comment. Its author counts, never the event's actor; state is the default branch's. The
 * reply carries a marker of the comment, so that a run that is repeated answers once and does once.
 */
export async function runRespond(workflow: Workflow, comment: CommentEvent): Promise<number> {
  const { client, context } = workflow;
  const marker = `<!-- sluice:reply:${comment.id} -->`;
  const { config } = await readWorld(context);
  const { prefix } = config.commands;
  if (!mentions(comment.body, prefix)) {
    core.info(`Nothing to do: no line begins with ${prefix}.`);
    return 0;
  }
  if (await findComment(client, comment.number, marker)) {
    core.info('Nothing to do: this comment was answered before.');
    return 0;
  }
  await tryReacting(workflow, comment.id, 'eyes');
  const reply = await respond(context, comment.body, comment.user, {
    source: `comment-${comment.id}`,
    since: Date.parse(comment.createdAt),
  });
  const good = reply.kind !== 'refused' && reply.kind !== 'failed';
  await stickComment(client, comment.number, marker, replyText(reply, context.now));
  await tryReacting(workflow, comment.id, good ? 'rocket' : '-1');
  core.info(`${reply.text}${reply.next ? `\n${reply.next}` : ''}`);
  setOutputs({
    decision: 'none',
    changed: reply.commit !== undefined,
    commitSha: reply.commit,
    pullRequests: [],
    result: resultOf('respond', replyFields(reply)),
  });
  // A refusal is an answer; a branch that took no commit is work left undone.
  return reply.kind === 'failed' ? 1 : 0;
}

const mentions = (body: string, prefix: string): boolean =>
  body
    .split(/\r?\n/)
    .some((line) => line.trim() === prefix || line.trim().startsWith(`${prefix} `));

function replyText(reply: Reply, now: number): string {
  const { kind, text, next, commit, standing } = reply;
  if (standing) return statusTable(standing.seen, standing.policy, now);
  if (kind === 'shown') return `\`\`\`\n${text}\n\`\`\``;
  const mark = { done: '🚀', nothing: 'ℹ️', refused: '👎', failed: '❌', ignored: 'ℹ️' }[kind];
  const parts = [`${mark} **${escapeMarkdown(text)}**${commit ? ` (${commit})` : ''}`];
  if (next) parts.push(escapeMarkdown(next, 2000));
  return parts.join('\n\n');
}

/** A reaction that fails is a pity and nothing more. */
async function tryReacting(
  { client }: Workflow,
  id: number,
  content: Parameters<typeof react>[2],
): Promise<void> {
  try {
    await react(client, id, content);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    core.warning(`the reaction ${content} could not be added: ${error.said}`);
  }
}
