import type { Alarm } from '../forge.ts';
import { inPages, type Page } from './batches.ts';
import { type GitHubClient, GitHubError } from './client.ts';

/** Issues asked for in one query, to begin with. */
const PAGE = 100;

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
    const known = await findIssue(client, marker);
    return known ? known.url : await openOnce(client, marker, title, body);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    warn(
      `no issue could be opened either: ${error.said}. Give the workflow "permissions: issues: write"`,
    );
    return undefined;
  }
}

/** Two runs may both have seen none: then the first issue stays, and the second is closed again. */
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
    const first = await findIssue(client, marker);
    if (!first || first.number >= issue.number) return issue.html_url;
    await client.write('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      issue_number: issue.number,
      state: 'closed',
      state_reason: 'not_planned',
      body: `${marker}\nThe same as #${first.number}, which another run opened at the same moment.`,
    });
    return first.url;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
    return (await findIssue(client, marker))?.url;
  }
}

interface OwnIssue {
  readonly number: number;
  readonly url: string;
}

/** Our first issue with a marker, in whatever state, over all pages. */
async function findIssue(client: GitHubClient, marker: string): Promise<OwnIssue | undefined> {
  const issues = inPages(client, PAGE, async (place, query) => {
    const { repository } = await query<IssuesAnswer>(
      `query ($owner: String!, $repo: String!, $labels: [String!], $first: Int!, $after: String) {
        repository(owner: $owner, name: $repo) {
          issues(first: $first, after: $after, labels: $labels, orderBy: {field: CREATED_AT, direction: ASC}) {
            nodes { number url body viewerDidAuthor }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { owner: client.owner, repo: client.repo, labels: [LABEL], ...place },
    );
    return repository.issues;
  });
  for await (const issue of issues) {
    if (issue.viewerDidAuthor && issue.body.includes(marker)) return issue;
  }
  return undefined;
}

interface IssuesAnswer {
  readonly repository: {
    readonly issues: Page<OwnIssue & { readonly body: string; readonly viewerDidAuthor: boolean }>;
  };
}
