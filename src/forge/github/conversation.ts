import { SECOND } from '../../time.ts';
import { inPages, type Page } from './batches.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';
import { twice } from './send.ts';

/** Comments asked for in one query, to begin with. */
const PAGE = 100;

/** A comment of our own. */
interface OwnComment {
  readonly databaseId: number;
  readonly body: string;
}

/**
 * A comment of ours that begins with a hidden marker, on an issue or a pull request, over all pages.
 * Anybody may write a marker, and what we write may quote one: only our own first words count.
 */
export async function findComment(
  client: GitHubClient,
  number: number,
  marker: string,
): Promise<OwnComment | undefined> {
  const comments = inPages(client, PAGE, async (place, query) => {
    const { repository } = await query<CommentsAnswer>(
      `query ($owner: String!, $repo: String!, $number: Int!, $first: Int!, $after: String) {
        repository(owner: $owner, name: $repo) {
          issueOrPullRequest(number: $number) {
            ... on Issue { comments(first: $first, after: $after) { ...page } }
            ... on PullRequest { comments(first: $first, after: $after) { ...page } }
          }
        }
      }
      fragment page on IssueCommentConnection {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }`,
      { owner: client.owner, repo: client.repo, number, ...place },
    );
    return repository.issueOrPullRequest?.comments;
  });
  for await (const comment of comments) {
    if (comment.viewerDidAuthor && comment.body.startsWith(marker)) return comment;
  }
  return undefined;
}

interface CommentsAnswer {
  readonly repository: {
    readonly issueOrPullRequest: {
      readonly comments: Page<OwnComment & { readonly viewerDidAuthor: boolean }>;
    } | null;
  };
}

/** A comment that is there once, found again by what it begins with. */
export interface Sticky {
  /** An HTML comment, or the beginning of one. */
  readonly marker: string;
  /** All of it, the marker included. */
  readonly body: string;
  /** False where only a comment that is there is brought up to date. */
  readonly create?: boolean;
  /** Whether one that another run wrote at the same moment may stay as it is; no, unless told. */
  readonly stands?: (body: string) => boolean;
  /** Written also if the comments that are there cannot be read: twice is better than never. */
  readonly evenUnseen?: boolean;
}

/** Writes the one comment that carries a marker: a new one, or the old one's body where it changed. */
export async function stickComment(
  client: GitHubClient,
  number: number,
  { marker, body: whole, create = true, stands = () => false, evenUnseen = false }: Sticky,
): Promise<'created' | 'updated' | 'unchanged' | 'absent'> {
  const body = shorten(whole);
  const look = () => findComment(client, number, marker);
  let known = await (evenUnseen ? seen(look) : look());
  if (!known) {
    if (!create) return 'absent';
    known = await createOnce(client, number, marker, body);
    if (!known) return 'created';
    if (stands(known.body)) return 'unchanged';
  }
  if (known.body.trim() === body.trim()) return 'unchanged';
  const { databaseId } = known;
  await twice(() =>
    client.write('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      comment_id: databaseId,
      body,
    }),
  );
  return 'updated';
}

/** How often a comment is sent again after GitHub was seen not to have it. */
const TRIES = 3;

/**
 * After no answer the comments are read back: one that is there is not made again. Two runs may
 * both have seen none: then the first comment stays, and whoever wrote the second takes it back.
 *
 * @returns the comment that another run was quicker with
 */
async function createOnce(
  client: GitHubClient,
  number: number,
  marker: string,
  body: string,
): Promise<OwnComment | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { id } = await client.write(
        'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        { issue_number: number, body },
      );
      // It is written by now: whether another run was quicker matters less.
      const first = await seen(() => findComment(client, number, marker));
      if (!first || first.databaseId >= Number(id)) return undefined;
      await takeBack(client, Number(id));
      return first;
    } catch (error) {
      if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
      if (await findComment(client, number, marker)) return undefined;
      if (tries >= TRIES) throw error;
      await client.sleep(tries * SECOND);
    }
  }
}

/** What is there, as far as GitHub says so. */
async function seen<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof GitHubError) return undefined;
    throw error;
  }
}

/** Deletes a comment of ours; one that stays says the same thing twice and nothing worse. */
async function takeBack(client: GitHubClient, id: number): Promise<void> {
  try {
    await client.write('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      comment_id: id,
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
  }
}

/** GitHub takes no longer comments. */
const LONGEST = 65_536;

/** Cut between lines: half a code span would be none, and what is in it would count. */
function shorten(body: string): string {
  if (body.length <= LONGEST) return body;
  const note = '\n\n_Shortened: the whole is in the job summary._';
  const end = body.lastIndexOf('\n', LONGEST - note.length);
  return `${body.slice(0, Math.max(0, end))}${note}`;
}

/** Adds a reaction to a comment; the same one twice is one, so that it may be sent again. */
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

/** A file that a pull request changes, and the name it had. */
export interface PullFile {
  readonly path: string;
  readonly before: string;
  readonly removed: boolean;
}

/** GitHub lists no more files of a pull request. */
const MOST_FILES = 3_000;

/** What a pull request changes; `undefined` where that is more than GitHub lists. */
export async function pullFiles(
  client: GitHubClient,
  number: number,
): Promise<readonly PullFile[] | undefined> {
  const files = await client.readAll(
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
    { pull_number: number },
    MOST_FILES / 100,
  );
  if (files.length >= MOST_FILES) return undefined;
  return files.map(({ filename, previous_filename: previous, status }) => ({
    path: filename,
    before: previous ?? filename,
    removed: status === 'removed',
  }));
}
