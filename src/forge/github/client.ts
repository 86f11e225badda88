import type { Endpoints } from '@octokit/types';
import { quote } from '../../http/quote.ts';
import { joinedLines } from '../../text.ts';
import { type Duration, SECOND } from '../../time.ts';
import {
  answerOf,
  explain,
  GRAPHQL,
  graphqlError,
  isRecord,
  LONGEST_WAIT,
  limitIn,
  noAnswer,
  type Repeat,
  type Requester,
  waitAsked,
} from './answers.ts';
import { GitHubError } from './error.ts';

/** Where requests go, and how they are made. */
export interface ClientOptions {
  readonly owner: string;
  readonly repo: string;
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly now: () => number;
  /** What is never to be repeated: GitHub has seen the token, so a proxy before it can say it back. */
  readonly secrets: readonly string[];
  /** Whether GitHub signs what is committed by its API; true unless given. */
  readonly signsCommits?: boolean;
  /** Told of waits and retries, for the debug log. */
  readonly onEvent?: (text: string) => void;
}

/** Reads are tried again after no answer; writes never are. */
const READ_TRIES = 3;
/** The longest sentence of GitHub's that is repeated. */
const LONGEST_SAID = 500;
type Route = keyof Endpoints;
type Data<R extends Route> = Endpoints[R]['response']['data'];
/** Parameters of a route; owner and repo are filled in. */
type Parameters = Readonly<Record<string, unknown>>;

export interface QueryOptions<T = unknown> {
  readonly tries?: number;
  /** Names what must be in the repository and is not in the answer: a read may lag a write. */
  readonly missing?: (answer: T) => string | undefined;
}

export interface GitHubClient {
  readonly owner: string;
  readonly repo: string;
  /** Whether GitHub signs what is committed by its API, as a GitHub Enterprise Server may not. */
  readonly signsCommits: boolean;
  /** Waits: a read may lag a write by a moment. */
  sleep(duration: Duration): Promise<void>;
  /** A request that changes nothing. */
  read<R extends Route>(route: R, parameters?: Parameters): Promise<Data<R>>;
  /** All pages of a list, 100 a page, `pages` at most. */
  readAll<R extends Route>(
    route: R,
    parameters?: Parameters,
    pages?: number,
  ): Promise<Data<R> extends readonly (infer T)[] ? readonly T[] : never>;
  /** A request that changes something: sent once, unless GitHub said that it did nothing with it. */
  write<R extends Route>(route: R, parameters?: Parameters): Promise<Data<R>>;
  /** A GraphQL query, tried `tries` times if GitHub does not answer; 3 unless given. */
  query<T>(query: string, variables?: Parameters, options?: QueryOptions<T>): Promise<T>;
  /** A GraphQL mutation: as `write`. */
  mutate<T>(query: string, variables?: Parameters): Promise<T>;
}

/** GitHub's API for one repository, with its limits kept and its refusals told apart. */
export function createClient(octokit: Requester, options: ClientOptions): GitHubClient {
  const { owner, repo, secrets, signsCommits = true } = options;
  let waited = 0;

  /** The one way in for GitHub's words: on a line, not too long, and without secrets. */
  const repeated: Repeat = (words) => quote(joinedLines(words), LONGEST_SAID, secrets);

  async function attempt(route: string, parameters: Parameters): Promise<unknown> {
    for (;;) {
      let failure: unknown;
      try {
        const response = await octokit.request(route, parameters);
        const limit = route === GRAPHQL ? limitIn(response) : undefined;
        if (!limit) return answerOf(response, route);
        failure = limit;
      } catch (error) {
        if (error instanceof GitHubError) throw error;
        failure = error;
      }
      const wait = waitAsked(failure, options.now());
      // A request over the limit was not looked at, so sending it again is sending it once.
      if (wait === undefined || waited + wait > LONGEST_WAIT)
        throw explain(failure, route, repeated);
      waited += wait;
      options.onEvent?.(`${route}: rate limit, waiting ${Math.ceil(wait / SECOND)} s`);
      await options.sleep(wait);
    }
  }

  /** Asks what changes nothing, again if there is no answer. */
  async function repeat<T>(ask: () => Promise<T>, tries = READ_TRIES): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof GitHubError && mayPass(error)) || tried >= tries) throw error;
        options.onEvent?.(`${error.message}; asking again`);
        await options.sleep(tried * SECOND);
      }
    }
  }

  /** Routes below a repository are below ours; any other would take these for its query. */
  const placed = (route: string, parameters: Parameters): Parameters =>
    route.includes('{owner}') ? { owner, repo, ...parameters } : parameters;

  async function graphql<T>(
    kind: 'query' | 'mutation',
    query: string,
    variables: Parameters,
  ): Promise<T> {
    const answer = await attempt(GRAPHQL, { query, variables });
    const { data, errors } = answer as { readonly data?: unknown; readonly errors?: unknown };
    // What came beside errors is not used: a part of it may be missing.
    if (Array.isArray(errors) && errors.length > 0) throw graphqlError(errors, kind, repeated);
    // No field is null at the top of an answer that is whole: there is a repository, and a commit.
    if (!isRecord(data) || Object.values(data).includes(null)) throw noAnswer(GRAPHQL);
    return withoutGaps(data) as T;
  }

  return {
    owner,
    repo,
    signsCommits,
    sleep: options.sleep,
    read: async (route, parameters = {}) =>
      (await repeat(() => attempt(route, placed(route, parameters)))) as Data<typeof route>,
    readAll: async (route, parameters = {}, pages = 100) => {
      const all: unknown[] = [];
      for (let page = 1; page <= pages; page += 1) {
        const asked = { ...placed(route, parameters), per_page: 100, page };
        const items = await repeat(() => attempt(route, asked));
        all.push(...(items as readonly unknown[]));
        if ((items as readonly unknown[]).length < 100) break;
      }
      return all as never;
    },
    write: async (route, parameters = {}) =>
      (await attempt(route, placed(route, parameters))) as Data<typeof route>,
    query: <T>(
      query: string,
      variables: Parameters = {},
      { tries, missing }: QueryOptions<T> = {},
    ) =>
      repeat(async () => {
        const answer = await graphql<T>('query', query, variables);
        const gap = missing?.(answer);
        if (gap === undefined) return answer;
        throw new GitHubError('ambiguous', GRAPHQL, `GitHub does not show ${gap} yet`);
      }, tries),
    mutate: (query, variables = {}) => graphql('mutation', query, variables),
  };
}

/** Failures of GitHub's own, which the next try may not meet. A busy GitHub has less to spend, too. */
const mayPass = ({ code }: GitHubError): boolean => code === 'ambiguous' || code === 'too-large';

/** A list in an answer may have gaps: what was deleted while GitHub put the list together. */
function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutGaps);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withoutGaps(of)]));
}

/** How long to wait before each look at something that was just written: five looks, four seconds. */
const LOOKS: readonly Duration[] = [0, 250, 500, 1000, 2000];

/** Looks at what a read may not show yet, until it does; `undefined` where it still does not. */
export async function lookUntilSeen<T>(
  client: Pick<GitHubClient, 'sleep'>,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const wait of LOOKS) {
    if (wait > 0) await client.sleep(wait);
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  return undefined;
}
