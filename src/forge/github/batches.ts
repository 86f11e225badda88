import { defined } from '../../defined.ts';
import { SECOND } from '../../time.ts';
import type { GitHubClient, QueryOptions } from './client.ts';
import { GitHubError } from './error.ts';

/** `GitHubClient.query`, trying as often as makes sense for the size of the question. */
export type Query = <T>(
  query: string,
  variables?: Readonly<Record<string, unknown>>,
  options?: Pick<QueryOptions<T>, 'missing'>,
) => Promise<T>;

/**
 * Asks about many items, `size` of them in one query. GitHub gives a query up that takes it more than
 * ten seconds or costs too much, and does not always say so: a query that brings no answer is halved,
 * and so are those after it. One item alone is asked for as any query is; the error names it then.
 *
 * @param ask makes one query about some items, and answers one thing for each, in order
 * @param name what an error calls an item
 * @param otherwise answers for an item that GitHub gives no answer about, so that the others are
 *   asked for all the same; after a few of those it is not the items
 */
export async function inBatches<Item, Answer>(
  client: Pick<GitHubClient, 'query' | 'sleep'>,
  items: readonly Item[],
  size: number,
  ask: (batch: readonly Item[], query: Query) => Promise<readonly Answer[]>,
  name: (item: Item) => string,
  otherwise?: (item: Item) => Answer,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let most = size;
  let failed = 0;
  for (let from = 0; from < items.length; ) {
    const batch = items.slice(from, from + most);
    const answered = await askSmaller(client, batch.length, (query) => ask(batch, query));
    if (answered instanceof GitHubError) {
      const [item] = batch;
      if (batch.length > 1 || item === undefined) {
        most = Math.ceil(batch.length / 2);
        continue;
      }
      failed += 1;
      if (!otherwise || failed > MAX_FAILED) throw about(name(item), answered);
      answers.push(otherwise(item));
      from += 1;
      most = size;
    } else {
      answers.push(...answered);
      from += batch.length;
    }
  }
  return answers;
}

/** So many items may have no answer before GitHub itself is taken to have none. */
export const MAX_FAILED = 3;

/** A page of a list in GraphQL. */
export interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Which page to ask for. */
export interface Place {
  readonly first: number;
  readonly after: string | null;
}

/**
 * The items of a list, `size` of them in one query; halved as `inBatches` halves.
 *
 * @param ask asks for one page; no page is a list that is not there
 */
export async function* inPages<Node>(
  client: Pick<GitHubClient, 'query' | 'sleep'>,
  size: number,
  ask: (place: Place, query: Query) => Promise<Page<Node> | null | undefined>,
): AsyncGenerator<Node, void> {
  let place: Place = { first: size, after: null };
  for (;;) {
    const at = place;
    const page = await askSmaller(client, at.first, (query) => ask(at, query));
    if (page instanceof GitHubError) {
      if (at.first === 1) throw page;
      place = { ...at, first: Math.ceil(at.first / 2) };
      continue;
    }
    yield* page?.nodes ?? [];
    if (!page?.pageInfo.hasNextPage || page.pageInfo.endCursor === null) return;
    place = { ...at, after: page.pageInfo.endCursor };
  }
}

/** Asks once about several, and in vain where a smaller question may bring an answer. */
async function askSmaller<T>(
  client: Pick<GitHubClient, 'query' | 'sleep'>,
  size: number,
  ask: (query: Query) => Promise<T>,
): Promise<T | GitHubError> {
  const query: Query = (text, variables, options) =>
    client.query(text, variables, { ...options, ...(size === 1 ? {} : { tries: 1 }) });
  try {
    return await ask(query);
  } catch (error) {
    const { code } = error instanceof GitHubError ? error : { code: undefined };
    if (!(error instanceof GitHubError) || (code !== 'ambiguous' && code !== 'too-large')) {
      throw error;
    }
    if (size > 1 && code === 'ambiguous') await client.sleep(SECOND);
    return error;
  }
}

/** The error of a question about a single item. */
function about(item: string, { code, endpoint, said, status, types }: GitHubError): GitHubError {
  return new GitHubError(code, endpoint, `${said} (asked about ${item} alone)`, {
    types,
    ...defined({ status }),
  });
}
