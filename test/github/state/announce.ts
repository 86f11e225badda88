import type { Account, TokenKind, WorkflowEvent } from './model.ts';
import type { StoredRepository } from './repository.ts';

/** Who does something, and with what kind of token; the test itself, where it sets the scene. */
export interface Actor {
  readonly account: Account;
  readonly kind: TokenKind | 'setup';
}

/**
 * Notes that workflows would start. What GITHUB_TOKEN does starts none, except for the two
 * dispatch events: otherwise a workflow could set itself off for ever.
 */
export function announce(
  repository: StoredRepository,
  actor: Actor,
  event: Omit<WorkflowEvent, 'actor' | 'by'>,
): void {
  const own = actor.kind === 'actions' || actor.kind === 'fork';
  if (own && !event.event.endsWith('_dispatch')) return;
  repository.workflowEvents.push({ ...event, actor: actor.account.login, by: actor.kind });
}
