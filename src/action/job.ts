import { InputError, type Inputs } from './inputs.ts';
import type { Payload } from './payload.ts';

/** What a run is to do, from its event and inputs. */
export type Job =
  | {
      readonly kind: 'validate';
      /** Absent where the run is for no pull request. */
      readonly pull?: PullEvent;
    }
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'compile' }
  | { readonly kind: 'respond'; readonly comment: CommentEvent }
  /** Nothing, and why. */
  | { readonly kind: 'ignore'; readonly why: string };

export interface PullEvent {
  readonly number: number;
  /** The head's repository is another one: the token cannot write. */
  readonly fork: boolean;
  readonly baseSha: string;
}

export interface CommentEvent {
  readonly id: number;
  /** Of the issue or pull request it is on. */
  readonly number: number;
  readonly body: string;
  /** Who wrote it; never who set the event off. */
  readonly user: string;
  readonly createdAt: string;
}

/**
 * Which job an event asks for. Pure.
 *
 * @throws InputError where a review is asked for with the rights of the default branch.
 */
export function jobOf(event: string, payload: Payload, { command }: Pick<Inputs, 'command'>): Job {
  if (command === 'reconcile' || command === 'compile') return { kind: command };
  if (event === 'pull_request_target') {
    throw new InputError(
      'pull_request_target gives secrets and a token that writes to a run about files of strangers; let the workflow begin with `on: pull_request`, which needs neither',
    );
  }
  if (command === 'validate') return validate(payload);
  switch (event) {
    case 'pull_request':
      return validate(payload);
    case 'schedule':
    case 'workflow_dispatch':
    case 'repository_dispatch':
      return { kind: 'reconcile' };
    case 'push':
      return onPush(payload);
    case 'issue_comment':
      return onComment(payload);
    default:
      return ignore(`the event ${event} asks for nothing; set the input command`);
  }
}

function validate({ pull_request: pull }: Payload): Job {
  if (!pull?.number || !pull.base?.sha) return { kind: 'validate' };
  const here = pull.base.repo?.full_name;
  return {
    kind: 'validate',
    pull: {
      number: pull.number,
      baseSha: pull.base.sha,
      // A head whose repository is gone was a fork.
      fork: here === undefined || pull.head?.repo?.full_name !== here,
    },
  };
}

function onPush({ ref, repository }: Payload): Job {
  const branch = repository?.default_branch;
  return branch === undefined || ref === `refs/heads/${branch}`
    ? { kind: 'compile' }
    : ignore(`${ref} is not the default branch`);
}

function onComment({ action, issue, comment }: Payload): Job {
  if (action !== 'created') return ignore('only a new comment is a command, not an edited one');
  const user = comment?.user;
  if (!comment?.id || !issue?.number || !user?.login) return ignore('the comment has no author');
  const { created_at: createdAt = '' } = comment;
  if (Number.isNaN(Date.parse(createdAt))) return ignore('the comment has no date');
  if (user.type === 'Bot' || user.login.endsWith('[bot]')) {
    return ignore('a bot is not obeyed');
  }
  return {
    kind: 'respond',
    comment: {
      id: comment.id,
      number: issue.number,
      body: comment.body ?? '',
      user: user.login,
      createdAt,
    },
  };
}

const ignore = (why: string): Job => ({ kind: 'ignore', why });
