import type { Alarm } from '../forge.ts';
import { inPages, type Page } from './batches.ts';
import { type GitHubClient, lookUntilSeen } from './client.ts';
import { GitHubError } from './error.ts';
import { twice } from './send.ts';

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
    const next =
      error.code === 'ambiguous'
        ? 'GitHub did not answer; the next run tries again'
        : 'Give the workflow "permissions: issues: write"';
    warn(`no issue could be opened either: ${error.said}. ${next}`);
    return undefined;
  }
}

/** How often an issue is sent if GitHub is seen not to have it. */
const TRIES = 3;

/** Two runs may both have seen none: then the first issue stays, and the second is closed again. */
async function openOnce(
  client: GitHubClient,
  marker: string,
  title: string,
  body: string,
): Promise<string> {
  const issue = await create(client, marker, { title, body: `${marker}\n${body}` });
  const first = await findIssue(client, marker);
  if (!first || first.number >= issue.number) return issue.url;
  await twice(() =>
    client.write('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      issue_number: issue.number,
      state: 'closed',
      state_reason: 'not_planned',
      body: `${marker}\nThe same as #${first.number}, which another run opened at the same moment.`,
    }),
  );
  return first.url;
}

/** If there is no answer, the issues are read back: one that is there is not made again. */
async function create(
  client: GitHubClient,
  marker: string,
  text: { readonly title: string; readonly body: string },
): Promise<OwnIssue> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { number, html_url: url } = await client.write('POST /repos/{owner}/{repo}/issues', {
        ...text,
        labels: [LABEL],
      });
      return { number, url };
    } catch (error) {
      if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
      const made = await lookUntilSeen(client, () => findIssue(client, marker));
      if (made) return made;
      if (tries === TRIES) throw error;
    }
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
