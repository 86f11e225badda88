import type { Alarm } from '../forge.ts';
import { inPages, type Page } from './batches.ts';
import { type GitHubClient, lookUntilSeen } from './client.ts';
import { GitHubError } from './error.ts';
import { twice } from './send.ts';

/** Issues asked for in one query, to begin with. */
const PAGE = 100;

/** How often an issue is sent if GitHub is seen not to have it. */
const TRIES = 3;

/** An issue of Sluice's own, with what it is known again by. */
export interface IssueText {
  /** `<!-- sluice:alarm:… -->`: hidden in its body. One issue a marker, however often it is opened. */
  readonly marker: string;
  readonly title: string;
  /** Markdown, without the marker. */
  readonly body: string;
}

export interface OwnIssue {
  readonly number: number;
  readonly url: string;
}

/** Issues that Sluice opens and keeps: the one place that writes any. */
export interface Issues {
  /** Our first issue with a marker, in whatever state: one that a person closed was seen. */
  find(marker: string): Promise<OwnIssue | undefined>;
  /** Opens an issue, once for a marker; answers the one that is there already. */
  open(text: IssueText): Promise<OwnIssue>;
  update(issue: OwnIssue, text: IssueText): Promise<void>;
  /** Closes it, with a last word that takes the place of its body. */
  close(issue: OwnIssue, text: Pick<IssueText, 'marker' | 'body'>): Promise<void>;
}

/**
 * The issues of one kind, told by a label. They are known again by a hidden marker and by being our
 * own: anybody may write a marker.
 */
export function issuesOf(client: GitHubClient, label: string): Issues {
  const find = (marker: string): Promise<OwnIssue | undefined> => findIssue(client, label, marker);
  const change = (issue: OwnIssue, fields: Record<string, string>): Promise<unknown> =>
    twice(() =>
      client.write('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
        issue_number: issue.number,
        ...fields,
      }),
    );
  const close: Issues['close'] = async (issue, text) => {
    await change(issue, { state: 'closed', state_reason: 'not_planned', body: written(text) });
  };
  return {
    find,
    close,
    open: async (text) => {
      const known = await find(text.marker);
      if (known) return known;
      const issue = await create(client, label, text);
      // Two runs may both have seen none: then the first issue stays, and the second is closed again.
      const first = await find(text.marker);
      if (!first || first.number >= issue.number) return issue;
      const body = `The same as #${first.number}, which another run opened at the same moment.`;
      await close(issue, { marker: text.marker, body });
      return first;
    },
    update: async (issue, text) => {
      await change(issue, { title: text.title, body: written(text) });
    },
  };
}

const written = ({ marker, body }: Pick<IssueText, 'marker' | 'body'>): string =>
  `${marker}\n${body}`;

/** If there is no answer, the issues are read back: one that is there is not made again. */
async function create(client: GitHubClient, label: string, text: IssueText): Promise<OwnIssue> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { number, html_url: url } = await client.write('POST /repos/{owner}/{repo}/issues', {
        title: text.title,
        body: written(text),
        labels: [label],
      });
      return { number, url };
    } catch (error) {
      if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
      const made = await lookUntilSeen(client, () => findIssue(client, label, text.marker));
      if (made) return made;
      if (tries === TRIES) throw error;
    }
  }
}

async function findIssue(
  client: GitHubClient,
  label: string,
  marker: string,
): Promise<OwnIssue | undefined> {
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
      { owner: client.owner, repo: client.repo, labels: [label], ...place },
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

/** The label that alarms carry, by which they are found again. */
const ALARM = 'sluice-alarm';

/**
 * Opens an issue for an alarm, once for a key, and answers its address; nothing, with a warning, where
 * GitHub takes none.
 */
export async function raiseByIssue(
  client: GitHubClient,
  { key, title, body }: Alarm,
  warn: (text: string) => void,
): Promise<string | undefined> {
  try {
    const marker = `<!-- sluice:alarm:${key} -->`;
    return (await issuesOf(client, ALARM).open({ marker, title, body })).url;
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
