import type { Endpoints } from '@octokit/types';
import { quote } from '../../http/quote.ts';
import { joinedLines } from '../../text.ts';
import { type Duration, SECOND } from '../../time.ts';
import { ForgeFailure } from '../error.ts';
import { meaningOf } from './graphql-errors.ts';

/** The narrow shape of Octokit that the forge needs: a test passes a plain object. */
export interface Requester {
  request(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly data: unknown; readonly headers: Headers }>;
}

type Headers = Readonly<Record<string, string | number | undefined>>;

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

/** What can go wrong with a request, told apart by what it means for the one who made it. */
export type GitHubErrorCode =
  /** GitHub answered, and the answer is no. Nothing happened. */
  | 'refused'
  | 'not-found'
  /** Asked too often; waiting any longer would take too long. */
  | 'rate-limited'
  /** A query that costs GitHub more than it spends on one: ask about less at once. */
  | 'too-large'
  /** Neither yes nor no: whether a write happened is unknown until it is read back. */
  | 'ambiguous';

/**
 * A request that did not succeed. The message names the endpoint and says what GitHub said, which
 * has been quoted by then: it is fit to be shown.
 */
export class GitHubError extends ForgeFailure {
  override readonly name = 'GitHubError';
  readonly code: GitHubErrorCode;
  readonly endpoint: string;
  readonly status: number | undefined;
  /** GraphQL's types of error: `STALE_DATA`, `FORBIDDEN`, … */
  readonly types: readonly string[];
  /** GitHub's own sentence, on one line and without its full stop. */
  readonly said: string;

  constructor(
    code: GitHubErrorCode,
    endpoint: string,
    said: string,
    more: { readonly status?: number; readonly types?: readonly string[] } = {},
  ) {
    const sentence = joinedLines(said).replace(/\.$/, '');
    super(`${endpoint}: ${sentence}`);
    this.code = code;
    this.endpoint = endpoint;
    this.status = more.status;
    this.types = more.types ?? [];
    this.said = sentence;
  }
}

/** Reads are tried again after no answer; writes never are. */
const READ_TRIES = 3;
/** The longest sentence of GitHub's that is repeated. */
const LONGEST_SAID = 500;
/** The longest a run may wait for a rate limit, all in all. */
const LONGEST_WAIT = 60 * SECOND;

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

const GRAPHQL = 'POST /graphql';

/** Failures of GitHub's own, which the next try may not meet. A busy GitHub has less to spend, too. */
const mayPass = ({ code }: GitHubError): boolean => code === 'ambiguous' || code === 'too-large';

type Repeat = (words: string) => string;

/** What GitHub answered, if it is GitHub that answered: a login page may come with a 200 as well. */
function answerOf(
  { status, data, headers }: Awaited<ReturnType<Requester['request']>>,
  route: string,
): unknown {
  if (status >= 300) throw sentAway(route, status, headers.location);
  const expected = status === 204 || (typeof data === 'object' && data !== null);
  if (!expected || (route === GRAPHQL && !isRecord(data))) throw noAnswer(route, status);
  return data;
}

const noAnswer = (route: string, status = 200): GitHubError =>
  new GitHubError('ambiguous', route, `HTTP ${status} without an answer of GitHub's in it`, {
    status,
  });

/** A redirect that is not followed. Nothing was done here. */
function sentAway(route: string, status: number, location: unknown): GitHubError {
  const to = String(location);
  const said = URL.canParse(to)
    ? `HTTP ${status}, a redirect to ${new URL(to).host}; the token is sent to no other host, so set GITHUB_API_URL to where the API is`
    : `HTTP ${status}, a redirect that leads nowhere`;
  return new GitHubError('refused', route, said, { status });
}

/** A list in an answer may have gaps: what was deleted while GitHub put the list together. */
function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutGaps);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withoutGaps(of)]));
}

function graphqlError(
  errors: readonly unknown[],
  kind: 'query' | 'mutation',
  repeated: Repeat,
): GitHubError {
  const types = errors.flatMap((error) => textOf(error, 'type') ?? []);
  const said = errors.flatMap((error) => textOf(error, 'message') ?? []).join('; ');
  return new GitHubError(meaningOf(errors, kind), GRAPHQL, repeated(said) || 'it gave no reason', {
    types,
  });
}

interface HttpFailure {
  readonly status?: number;
  readonly message?: string;
  readonly response?: { readonly headers?: Headers; readonly data?: unknown };
}

/** In GraphQL a limit comes with a 200, and means what a 429 means elsewhere: nothing was done. */
function limitIn({ data, headers }: { data: unknown; headers: Headers }): HttpFailure | undefined {
  const errors: readonly unknown[] =
    isRecord(data) && Array.isArray(data.errors) ? data.errors : [];
  const limit = errors.find(
    (error) =>
      /^RATE_LIMIT(?:ED)?$/.test(textOf(error, 'type') ?? '') ||
      SECONDARY.test(textOf(error, 'message') ?? ''),
  );
  return limit === undefined ? undefined : { status: 429, response: { headers, data: limit } };
}

const SECONDARY = /secondary rate limit/i;

/**
 * How long GitHub asks us to wait, where that is why it said no; `undefined` otherwise. Where it does
 * not say how long, a minute at least: "Best practices for using the REST API" in its documentation.
 */
function waitAsked(error: unknown, now: number): Duration | undefined {
  const { status, response } = error as HttpFailure;
  if (status !== 403 && status !== 429) return undefined;
  const headers = response?.headers ?? {};
  // Never no time at all: what is asked for without end has to come to one.
  const asked = Math.max(SECOND, Number(headers['retry-after']) * SECOND);
  if (Number.isFinite(asked)) return asked;
  if (String(headers['x-ratelimit-remaining']) !== '0') {
    const secondary = status === 429 || SECONDARY.test(saidBy(response?.data) ?? '');
    return secondary ? LONGEST_WAIT : undefined;
  }
  const reset = Math.max(SECOND, Number(headers['x-ratelimit-reset']) * SECOND - now);
  return Number.isFinite(reset) ? reset : LONGEST_WAIT;
}

/** What a proxy answers when it, or the server behind it, took too long. */
const TIMEOUTS: readonly number[] = [408, 425, 499];

function explain(error: unknown, route: string, repeated: Repeat): GitHubError {
  const { status, response } = error as HttpFailure;
  // Octokit gives failures without an answer the status 500.
  if (status === undefined || response === undefined) {
    return new GitHubError('ambiguous', route, 'no answer', status === undefined ? {} : { status });
  }
  if (waitAsked(error, 0) !== undefined) {
    const said = repeated(saidBy(response.data) ?? '') || `HTTP ${status}`;
    return new GitHubError('rate-limited', route, said, { status });
  }
  const words = saidBy(response.data);
  if (status >= 500 || TIMEOUTS.includes(status)) {
    return new GitHubError('ambiguous', route, `HTTP ${status}`, { status });
  }
  // GitHub says why it refuses. A page without that is from a proxy, which may have sent it although
  // GitHub did what was asked.
  if (words === undefined) {
    const what = `HTTP ${status} from something that is not GitHub's API`;
    return new GitHubError('ambiguous', route, what, { status });
  }
  const code = status === 404 ? 'not-found' : 'refused';
  return new GitHubError(code, route, repeated(words) || `HTTP ${status}`, { status });
}

/** GitHub's sentence and those of its details. */
function saidBy(data: unknown): string | undefined {
  const message = textOf(data, 'message');
  if (message === undefined) return undefined;
  const errors = isRecord(data) && Array.isArray(data.errors) ? data.errors : [];
  const details = errors.flatMap((each: unknown) =>
    typeof each === 'string' ? [each] : (textOf(each, 'message') ?? fieldOf(each) ?? []),
  );
  return [message, ...details].join('; ');
}

/** What is wrong with which field, where GitHub has no sentence for it: `head: invalid`. */
function fieldOf(detail: unknown): string | undefined {
  const [field, code] = [textOf(detail, 'field'), textOf(detail, 'code')];
  return field === undefined || code === undefined ? undefined : `${field}: ${code}`;
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

function textOf(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
