import { setTimeout as sleep } from 'node:timers/promises';
import * as core from '@actions/core';
import { byHand } from '../chatops/commit.ts';
import { respond, SAFER } from '../chatops/respond.ts';
import { type Command, mayBeCommand, parseCommand } from '../comment/command.ts';
import { DEFAULT_CONFIG } from '../files/config/defaults.ts';
import { findComment, react, type Sticky, stickComment } from '../forge/github/conversation.ts';
import { GitHubError } from '../forge/github/error.ts';
import { CommandError } from '../repository/context.ts';
import { readWorld, type World } from '../repository/world.ts';
import type { Reply } from '../tell/report.ts';
import { replyView } from '../tell/views/reply.ts';
import { SECOND } from '../time.ts';
import type { CommentEvent } from './job.ts';
import { print } from './log.ts';
import { setOutputs, show } from './report.ts';
import type { Workflow } from './workflow.ts';

/**
 * Obeys a comment. Its author counts, never the event's actor; state is the default branch's. The
 * reply carries a marker of the comment, so that a run that is repeated answers once and does once.
 * Reactions and earlier replies are cosmetic: without them the command is carried out all the same.
 */
export async function runRespond(workflow: Workflow, comment: CommentEvent): Promise<number> {
  // Most comments are conversation: nobody is asked anything about those.
  if (!mayBeCommand(comment.body)) return nothing('no line begins with a slash');
  const world = await tryReading(workflow);
  const { prefix } = (world instanceof Error ? DEFAULT_CONFIG : world.config).commands;
  const command = parseCommand(comment.body, prefix);
  if (command.kind === 'none') {
    // Without the config nobody knows what a command begins with.
    if (world instanceof GitHubError) throw world;
    return nothing(`no line begins with ${prefix}`);
  }
  const marker = `<!-- sluice:reply:${comment.id} `;
  const eyes = tryReacting(workflow, comment.id, 'eyes');
  const look = tryFinding(workflow, comment.number, marker);
  const before = await (isUrgent(command) ? Promise.race([look, patience()]) : look);
  const answered = OUTCOMES.find((each) => before?.body.startsWith(`${marker}${each} `));
  // What failed is tried again.
  if (answered !== undefined && answered !== 'failed') {
    await eyes;
    await tryReacting(workflow, comment.id, REACTIONS[answered]);
    return nothing('this comment was answered before');
  }
  const reply =
    world instanceof Error ? failed(world, command) : await obey(workflow, comment, command, world);
  const outcome = outcomeOf(reply);
  const view = replyView(reply, 'comment');
  const text = view.markdown();
  const told = await tryAnswering(workflow, comment.number, {
    marker,
    body: `${marker}${outcome} -->\n${text}`,
    stands: (there) => !there.startsWith(`${marker}failed `),
  });
  await eyes;
  await tryReacting(workflow, comment.id, REACTIONS[outcome]);
  show(view);
  setOutputs({
    decision: 'none',
    changed: reply.commit !== undefined,
    commitSha: reply.commit,
    pullRequests: [],
    result: view.json,
  });
  return told ? view.exit : 1;
}

function nothing(why: string): number {
  print(`Nothing to do: ${why}.`);
  setOutputs({
    decision: 'none',
    changed: false,
    commitSha: undefined,
    pullRequests: [],
    result: replyView({ kind: 'ignored', text: why }, 'comment').json,
  });
  return 0;
}

/** What keeps the branch from being read is reported to the person who waits, like any other failure. */
async function tryReading({ context }: Workflow): Promise<World | GitHubError> {
  try {
    return await readWorld(context);
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
}

/** The reply to this comment, if there is one and GitHub shows it. */
async function tryFinding(
  { client }: Workflow,
  number: number,
  marker: string,
): ReturnType<typeof findComment> {
  try {
    return await findComment(client, number, marker);
  } catch (error) {
    const why = error instanceof GitHubError ? error.said : String(error);
    core.warning(`whether this comment was answered before could not be read: ${why}`);
    return undefined;
  }
}

async function obey(
  { context }: Workflow,
  { id, body, user, createdAt }: CommentEvent,
  command: Command,
  world: World,
): Promise<Reply> {
  const origin = { source: `comment-${id}`, since: Date.parse(createdAt) };
  try {
    return await respond(context, body, user, { origin, world });
  } catch (error) {
    if (error instanceof CommandError || error instanceof GitHubError) {
      return failed(error, command);
    }
    throw error;
  }
}

/** Whoever waits for an answer gets one: what failed, and what to do by hand if it cannot wait. */
function failed({ message }: CommandError | GitHubError, command: Command): Reply {
  const again = 'When that is fixed, run the job again: nothing is done twice.';
  const next = isUrgent(command) ? `${again} ${byHand(command.flag ?? '')}` : again;
  return { kind: 'failed', text: message, next };
}

/** Whether users cannot wait for a command. */
const isUrgent = (command: Command): command is Extract<Command, { kind: 'command' }> =>
  command.kind === 'command' && SAFER.includes(command.verb);

/** As long as an urgent command waits for what it can do without. */
const PATIENCE = 5 * SECOND;

const patience = (): Promise<undefined> => sleep(PATIENCE, undefined, { ref: false });

/** How a command ended, as the marker of its reply remembers it. */
const OUTCOMES = ['done', 'refused', 'failed'] as const;
type Ending = (typeof OUTCOMES)[number];

const REACTIONS = { done: 'rocket', refused: '-1', failed: '-1' } as const;

function outcomeOf({ kind }: Reply): Ending {
  return kind === 'refused' || kind === 'failed' ? kind : 'done';
}

/** Writes the reply, and says whether it is there. What was done is in the summary too. */
async function tryAnswering(
  { client, context }: Workflow,
  number: number,
  reply: Sticky,
): Promise<boolean> {
  if (context.dryRun) return true;
  try {
    await stickComment(client, number, { ...reply, evenUnseen: true });
    return true;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    core.error(`the reply could not be written: ${error.said}`, { title: 'Sluice: no-reply' });
    return false;
  }
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
    const why = error instanceof GitHubError ? error.said : String(error);
    core.warning(`the reaction ${content} could not be added: ${why}`);
  }
}
