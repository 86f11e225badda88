import type { Oid } from '../../model/head.ts';
import type { NewProposal } from '../forge.ts';
import type { GitHubClient } from './client.ts';
import { isMadeBy, MADE_BY_FIELDS, type MadeBy } from './own-commit.ts';

/** Commits of the base that a branch may have been made at by a run that was cut off since. */
const RECENT = 100;

/**
 * What is on a branch that was there before this run: our commit, which an earlier run made or
 * another one makes at this moment; nothing but a recent commit of the base, with the file as it
 * still is; or what somebody else put there. Anyone who can push can take a name, and can copy a
 * subject, so a commit is ours only if GitHub signed it for us and it was made on the same file.
 * Its numbers may be older than those of this run, so of its message only the subject has to be the
 * same; and another run may have read a newer head, whose targets differ.
 *
 * @returns `undefined` if the commit cannot be seen yet
 */
export async function whatIsOn(
  client: GitHubClient,
  { head, message, changes }: NewProposal,
  tip: Oid,
): Promise<'ours' | 'nothing' | 'foreign' | undefined> {
  const path = changes[0]?.path ?? '';
  const { viewer, repository } = await client.query<Answer>(
    `query ($owner: String!, $repo: String!, $base: String!, $tip: GitObjectID!,
            $before: String!, $at: String!, $now: String!) {
      viewer { login }
      repository(owner: $owner, name: $repo) {
        tip: object(oid: $tip) { ... on Commit { message ${MADE_BY_FIELDS} } }
        base: ref(qualifiedName: $base) {
          target { ... on Commit { history(first: ${RECENT}) { nodes { oid } } } }
        }
        before: object(expression: $before) { oid }
        at: object(expression: $at) { oid }
        now: object(expression: $now) { oid }
      }
    }`,
    {
      owner: client.owner,
      repo: client.repo,
      base: `refs/heads/${head.branch}`,
      tip,
      before: `${tip}^:${path}`,
      at: `${tip}:${path}`,
      now: `${head.oid}:${path}`,
    },
  );
  const commit = repository.tip;
  if (!commit) return undefined;
  const now = repository.now?.oid;
  if (
    isMadeBy(commit, viewer.login) &&
    isSameSubject(commit.message, message) &&
    repository.before?.oid === now
  ) {
    return 'ours';
  }
  const recent = repository.base?.target?.history?.nodes.map(({ oid }) => oid) ?? [];
  return recent.includes(tip) && repository.at?.oid === now ? 'nothing' : 'foreign';
}

interface Answer {
  readonly viewer: { readonly login: string };
  readonly repository: {
    readonly tip: (MadeBy & { readonly message: string }) | null;
    readonly base: {
      readonly target: {
        readonly history?: { readonly nodes: readonly { readonly oid: Oid }[] };
      } | null;
    } | null;
    readonly before: { readonly oid: Oid } | null;
    readonly at: { readonly oid: Oid } | null;
    readonly now: { readonly oid: Oid } | null;
  };
}

/** Whether two messages say that the same was done, whatever was measured. */
export const isSameSubject = (one: string | undefined, other: string): boolean =>
  one !== undefined && subjectOf(one) === subjectOf(other);

const subjectOf = (message: string): string => message.split('\n')[0]?.trim() ?? '';
