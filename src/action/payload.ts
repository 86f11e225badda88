import { InputError } from './inputs.ts';

/** The parts of GitHub's webhook payloads that are looked at; absent where they are not as GitHub writes them. */
export interface Payload {
  readonly action?: string | undefined;
  readonly ref?: string | undefined;
  readonly repository?: { readonly default_branch?: string | undefined } | undefined;
  readonly pull_request?:
    | {
        readonly number?: number | undefined;
        readonly head?: { readonly repo?: Named | null | undefined } | undefined;
        readonly base?:
          | { readonly sha?: string | undefined; readonly repo?: Named | undefined }
          | undefined;
      }
    | undefined;
  readonly issue?: { readonly number?: number | undefined } | undefined;
  readonly comment?:
    | {
        readonly id?: number | undefined;
        readonly body?: string | null | undefined;
        readonly created_at?: string | undefined;
        readonly user?:
          | { readonly login?: string | undefined; readonly type?: string | undefined }
          | null
          | undefined;
      }
    | undefined;
}

interface Named {
  readonly full_name?: string | undefined;
}

/**
 * Takes of an event's payload what is looked at.
 *
 * @throws InputError where it is no JSON object.
 */
export function readPayload(value: unknown): Payload {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(
      'the event in GITHUB_EVENT_PATH is no JSON object; run this from a workflow',
    );
  }
  const event = within(value);
  const pull = within(event.pull_request);
  const comment = within(event.comment);
  const user = within(comment.user);
  return {
    action: text(event.action),
    ref: text(event.ref),
    repository: { default_branch: text(within(event.repository).default_branch) },
    pull_request: {
      number: count(pull.number),
      head: { repo: named(within(pull.head).repo) },
      base: { sha: text(within(pull.base).sha), repo: named(within(pull.base).repo) },
    },
    issue: { number: count(within(event.issue).number) },
    comment: {
      id: count(comment.id),
      body: text(comment.body),
      created_at: text(comment.created_at),
      user: { login: text(user.login), type: text(user.type) },
    },
  };
}

/** The properties of an object; of anything else there are none. */
function within(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;

const named = (value: unknown): Named => ({ full_name: text(within(value).full_name) });
