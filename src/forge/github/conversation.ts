import { type GitHubClient, GitHubError } from './client.ts';

/** A comment of our own. */
interface OwnComment {
  readonly databaseId: number;
  readonly body: string;
}

/**
 * A comment of ours with a hidden marker, on an issue or a pull request, over all pages. Anybody
 * may write a marker; only what we wrote ourselves counts.
 */
export async function findComment(
  client: GitHubClient,
  number: number,
  marker: string,
): Promise<OwnComment | undefined> {
  let after: string | null = null;
  do {
    const answer: CommentsAnswer = await client.query(
      `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
        repository(owner: $owner, name: $repo) {
          issueOrPullRequest(number: $number) {
            ... on Issue { comments(first: 100, after: $after) { ...page } }
            ... on PullRequest { comments(first: 100, after: $after) { ...page } }
          }
        }
      }
      fragment page on IssueCommentConnection {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }`,
      { owner: client.owner, repo: client.repo, number, after },
    );
    const page = answer.repository.issueOrPullRequest?.comments;
    const found = page?.nodes.find((node) => node.viewerDidAuthor && node.body.includes(marker));
    if (found) return found;
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return undefined;
}

interface CommentsAnswer {
  readonly repository: {
    readonly issueOrPullRequest: {
      readonly comments: {
        readonly nodes: readonly (OwnComment & { readonly viewerDidAuthor: boolean })[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    } | null;
  };
}

/** GitHub takes no longer comments. */
const LONGEST = 65_536;

/**
 * Writes the one comment that carries a marker: a new one, or the old one's body where it changed.
 * A comment that was made although no answer came is found by the next look.
 */
export async function stickComment(
  client: GitHubClient,
  number: number,
  marker: string,
  text: string,
): Promise<'created' | 'updated' | 'unchanged'> {
  const body = shorten(`${marker}\n${text}`);
  const known = await findComment(client, number, marker);
  if (!known) {
    await createOnce(client, number, marker, body);
    return 'created';
  }
  if (known.body.trim() === body.trim()) return 'unchanged';
  await client.write('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    comment_id: known.databaseId,
    body,
  });
  return 'updated';
}

async function createOnce(
  client: GitHubClient,
  number: number,
  marker: string,
  body: string,
): Promise<void> {
  try {
    await client.write('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      issue_number: number,
      body,
    });
  } catch (error) {
    const lost = error instanceof GitHubError && error.code === 'ambiguous';
    if (!lost || !(await findComment(client, number, marker))) throw error;
  }
}

function shorten(body: string): string {
  if (body.length <= LONGEST) return body;
  const note = '\n\n_Shortened: the whole is in the job summary._';
  return `${body.slice(0, LONGEST - note.length)}${note}`;
}

/** Adds a reaction to a comment; the same one twice is one. */
export async function react(
  client: GitHubClient,
  commentId: number,
  content: 'eyes' | 'rocket' | '-1' | 'confused',
): Promise<void> {
  await client.write('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', {
    comment_id: commentId,
    content,
  });
}

/** Paths of the files that a pull request changes, with the names they had; 3,000 at most. */
export async function pullFiles(
  client: GitHubClient,
  number: number,
): Promise<
  readonly { readonly path: string; readonly before: string; readonly removed: boolean }[]
> {
  const files = await client.readAll(
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
    { pull_number: number },
    30,
  );
  return files.map(({ filename, previous_filename: previous, status }) => ({
    path: filename,
    before: previous ?? filename,
    removed: status === 'removed',
  }));
}
