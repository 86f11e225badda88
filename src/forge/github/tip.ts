import type { NewProposal, Oid } from '../forge.ts';
import type { GitHubClient } from './client.ts';
import { type Author, isWrittenBy } from './pulls.ts';

/** Commits of the base that a branch may have been made at by a run that was cut off since. */
const RECENT = 100;

/**
 * What is on a branch that was there before this run: our commit, which an earlier run made or
 * another one makes at this moment; nothing but recent commits of the base, with the files as they
 * still are; or what somebody else put there. Anyone who can push can take a name, and can copy a
 * subject, so a commit is ours only if GitHub signed it for us. Its numbers may be older than
 * those of this run, so of its message only the subject has to be the same.
 *
 * @returns `undefined` if the commit cannot be seen yet
 */
export async function whatIsOn(
  client: GitHubClient,
  { head, message, changes }: NewProposal,
  tip: Oid,
): Promise<'ours' | 'nothing' | 'foreign' | undefined> {
  const paths = changes.map(({ path }) => path);
  const files = paths.map(
    (_, i) => `a${i}: object(expression: $a${i}) { oid } b${i}: object(expression: $b${i}) { oid }`,
  );
  const declared = paths.map((_, i) => `, $a${i}: String!, $b${i}: String!`).join('');
  const { viewer, repository } = await client.query<Answer>(
    `query ($owner: String!, $repo: String!, $tip: GitObjectID!, $head: GitObjectID!${declared}) {
      viewer { login }
      repository(owner: $owner, name: $repo) {
        tip: object(oid: $tip) { ... on Commit {
          message author { name user { login } } signature { isValid wasSignedByGitHub }
          parents(first: 2) { nodes { oid } }
        } }
        head: object(oid: $head) { ... on Commit { history(first: ${RECENT}) { nodes { oid } } } }
        ${files.join('\n')}
      }
    }`,
    {
      owner: client.owner,
      repo: client.repo,
      tip,
      head: head.oid,
      ...Object.fromEntries(
        paths.flatMap((path, i) => [
          [`a${i}`, `${tip}:${path}`],
          [`b${i}`, `${head.oid}:${path}`],
        ]),
      ),
    },
  );
  const recent = repository.head?.history?.nodes.map(({ oid }) => oid) ?? [];
  const commit = repository.tip;
  if (!commit) return undefined;
  const [parent, ...others] = commit.parents?.nodes ?? [];
  if (
    isWrittenBy(viewer.login, commit) &&
    isSameSubject(commit.message, message) &&
    parent !== undefined &&
    others.length === 0 &&
    recent.includes(parent.oid)
  ) {
    return 'ours';
  }
  const sameFiles = paths.every((_, i) => repository[`a${i}`]?.oid === repository[`b${i}`]?.oid);
  return recent.includes(tip) && sameFiles ? 'nothing' : 'foreign';
}

interface Answer {
  readonly viewer: { readonly login: string };
  readonly repository: Readonly<Record<string, GitObject | null>>;
}

/** A commit, or of a file its id alone. */
interface GitObject extends Partial<Author> {
  readonly oid?: Oid;
  readonly message?: string;
  readonly parents?: { readonly nodes: readonly { readonly oid: Oid }[] };
  readonly history?: { readonly nodes: readonly { readonly oid: Oid }[] };
}

/** Whether two messages say that the same was done, whatever was measured. */
export const isSameSubject = (one: string | undefined, other: string): boolean =>
  one !== undefined && subjectOf(one) === subjectOf(other);

const subjectOf = (message: string): string => message.split('\n')[0]?.trim() ?? '';
