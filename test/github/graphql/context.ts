import { GraphQLError } from 'graphql';
import type { Urls } from '../shape/urls.ts';
import type { Actor } from '../state/announce.ts';
import type { PullIssue, StoredRepository } from '../state/repository.ts';
import { allows, type Need, type Token } from '../state/token.ts';
import type { World } from '../state/world.ts';

/** How GraphQL's lists are asked for. */
export interface ListArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly states?: readonly string[] | null;
  readonly labels?: readonly string[] | null;
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
}

export interface Context {
  readonly world: World;
  readonly urls: Urls;
  readonly token: Token;
  readonly actor: Actor;
  /** Handed down, since everything leads back to the repository it is in. */
  repositoryNode(stored: StoredRepository): unknown;
  /** Pull requests as a connection, ordered and paged; likewise handed down. */
  pullConnection(
    stored: StoredRepository,
    pulls: readonly PullIssue[],
    args: ListArguments,
  ): unknown;
}

export type ErrorType =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNPROCESSABLE'
  | 'STALE_DATA'
  | 'BRANCH_PROTECTION_RULE_VIOLATION';

/** An error as GitHub types it: the type stands beside the message, not under `extensions`. */
export function refusal(type: ErrorType, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** The repository, where this token may do that to it. */
export function permitted(
  { world, token }: Context,
  name: string,
  ...needs: readonly Need[]
): StoredRepository {
  const repository = world.repository(name);
  const allowed = repository && allows(world, token, repository, needs);
  if (repository === undefined || allowed === 'hidden') {
    throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  }
  if (allowed === 'no') {
    const who = token.kind === 'user' ? 'personal access token' : 'integration';
    throw refusal('FORBIDDEN', `Resource not accessible by ${who}`);
  }
  return repository;
}
