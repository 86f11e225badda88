import * as core from '@actions/core';
import { mayBeCommand, parseCommand } from '../commands/command.ts';
import { CommandError } from '../commands/context.ts';
import { respond } from '../commands/respond.ts';
import { readWorld, type World } from '../commands/world.ts';
import { DEFAULT_CONFIG } from '../config/defaults.ts';
import { GitHubError } from '../forge/github/client.ts';
import { findComment, react, stickComment } from '../forge/github/conversation.ts';
import { replyText } from '../tell/reply.ts';
import type { Reply } from '../tell/report.ts';
import { replyFields, resultOf } from '../tell/result.ts';
import type { CommentEvent } from './job.ts';
import { print } from './log.ts';
import { setOutputs, summarise } from './report.ts';
import type { Workflow } from './workflow.ts';

/**
 * Obeys a comment. Its author counts, never the event's actor; state is the default branch's. The
 * reply carries a marker of the comment, so that a run that is repeated answers once and does once.
 */
export async function runRespond(workflow: Workflow, comment: CommentEvent): Promise<number> {
  const { client, context } = workflow;
  // Most comments are conversation: nobody is asked anything about those.
  if (!mayBeCommand(comment.body)) return nothing('no line begins with a slash');
  const world = await tryReading(workflow);
  const { prefix } = (world instanceof CommandError ? DEFAULT_CONFIG : world.config).commands;
  if (parseCommand(comment.body, prefix).kind === 'none') {
    return nothing(`no line begins with ${prefix}`);
  }
  const marker = `<!-- sluice:reply:${comment.id} `;
  const before = await findComment(client, comment.number, marker);
  await tryReacting(workflow, comment.id, 'eyes');
  const answered = OUTCOMES.find((each) => before?.body.startsWith(`${marker}${each} `));
  // What failed is tried again.
  if (answered !== undefined && answered !== 'failed') {
    await tryReacting(workflow, comment.id, REACTIONS[answered]);
    return nothing('this comment was answered before');
  }
  const reply =
    world instanceof CommandError ? failed(world) : await obey(workflow, comment, world);
  const outcome = outcomeOf(reply);
  const text = replyText(reply, context.now);
  if (!context.dryRun) {
    const body = `${marker}${outcome} -->\n${text}`;
    const stands = (there: string): boolean => !there.startsWith(`${marker}failed `);
    await stickComment(client, comment.number, { marker, body, stands });
  }
  await tryReacting(workflow, comment.id, REACTIONS[outcome]);
  if (world instanceof CommandError) throw world;
  print(`${reply.text}${reply.next ? `\n${reply.next}` : ''}`);
  summarise(text);
  setOutputs({
    decision: 'none',
    changed: reply.commit !== undefined,
    commitSha: reply.commit,
    pullRequests: [],
    result: resultOf('respond', replyFields(reply)),
  });
  // A refusal is an answer; a branch that took no commit is work left undone.
  return outcome === 'failed' ? 1 : 0;
}

function nothing(why: string): number {
  print(`Nothing to do: ${why}.`);
  setOutputs({
    decision: 'none',
    changed: false,
    commitSha: undefined,
    pullRequests: [],
    result: resultOf('respond', replyFields({ kind: 'ignored', text: why })),
  });
  return 0;
}

/** A config that is broken is told to the person who waits for an answer, like any other failure. */
async function tryReading({ context }: Workflow): Promise<World | CommandError> {
  try {
    return await readWorld(context);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

async function obey(
  { context }: Workflow,
  { id, body, user, createdAt }: CommentEvent,
  world: World,
): Promise<Reply> {
  const origin = { source: `comment-${id}`, since: Date.parse(createdAt) };
  try {
    return await respond(context, body, user, { origin, world });
  } catch (error) {
    if (error instanceof CommandError || error instanceof GitHubError) return failed(error);
    throw error;
  }
}

/** Whoever waits for an answer gets one, as long as GitHub takes it. */
function failed({ message }: CommandError | GitHubError): Reply {
  const next = 'When that is mended, run the job again: nothing is done twice.';
  return { kind: 'failed', text: message, next };
}

/** How a command ended, as the marker of its reply remembers it. */
const OUTCOMES = ['done', 'refused', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

const REACTIONS = { done: 'rocket', refused: '-1', failed: '-1' } as const;

function outcomeOf({ kind }: Reply): Outcome {
  return kind === 'refused' || kind === 'failed' ? kind : 'done';
}

/** A reaction that fails is a pity and nothing more. */
async function tryReacting(
  { client, context }: Workflow,
  id: number,
  content: Parameters<typeof react>[2],
): Promise<void> {
  if (context.dryRun) return;
  try {
    await react(client, id, content);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    core.warning(`the reaction ${content} could not be added: ${error.said}`);
  }
}
