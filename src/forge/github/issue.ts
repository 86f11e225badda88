import type { Alarm } from '../forge.ts';
import { type GitHubClient, GitHubError } from './client.ts';

/** The label that alarms carry, by which they are found again. */
const LABEL = 'sluice-alarm';

/**
 * Opens an issue, once for a key, and answers its address. It is known again by a hidden marker
 * and by being our own; one that a person closed was seen, and is not opened again.
 */
export async function raiseByIssue(
  client: GitHubClient,
  { key, title, body }: Alarm,
  warn: (text: string) => void,
): Promise<string | undefined> {
  const marker = `<!-- sluice:alarm:${key} -->`;
  try {
    return (await findIssue(client, marker)) ?? (await openOnce(client, marker, title, body));
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    warn(
      `no issue could be opened either: ${error.said}. Give the workflow "permissions: issues: write"`,
    );
    return undefined;
  }
}

async function openOnce(
  client: GitHubClient,
  marker: string,
  title: string,
  body: string,
): Promise<string | undefined> {
  try {
    const issue = await client.write('POST /repos/{owner}/{repo}/issues', {
      title,
      body: `${marker}\n${body}`,
      labels: [LABEL],
    });
    return issue.html_url;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
    return findIssue(client, marker);
  }
}

/** Our issue with a marker, in whatever state, over all pages. */
async function findIssue(client: GitHubClient, marker: string): Promise<string | undefined> {
  let after: string | null = null;
  do {
    const answer: IssuesAnswer = await client.query(
      `query ($owner: String!, $repo: String!, $labels: [String!], $after: String) {
        repository(owner: $owner, name: $repo) {
          issues(first: 100, after: $after, labels: $labels, orderBy: {field: CREATED_AT, direction: DESC}) {
            nodes { url body viewerDidAuthor }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { owner: client.owner, repo: client.repo, labels: [LABEL], after },
    );
    const { nodes, pageInfo } = answer.repository.issues;
    const found = nodes.find((node) => node.viewerDidAuthor && node.body.includes(marker));
    if (found) return found.url;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return undefined;
}

interface IssuesAnswer {
  readonly repository: {
    readonly issues: {
      readonly nodes: readonly {
        readonly url: string;
        readonly body: string;
        readonly viewerDidAuthor: boolean;
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  };
}
