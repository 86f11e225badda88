import { type Duration, SECOND } from '../../time.ts';
import { GitHubError } from './error.ts';
import { meaningOf } from './graphql-errors.ts';

/** The narrow shape of Octokit that the forge needs: a test passes a plain object. */
export interface Requester {
  request(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly data: unknown; readonly headers: Headers }>;
}

type Headers = Readonly<Record<string, string | number | undefined>>;

export const GRAPHQL = 'POST /graphql';

/** The longest a run may wait for a rate limit, all in all. */
export const LONGEST_WAIT = 60 * SECOND;

/** How GitHub's words are repeated: on a line, not too long, and without secrets. */
export type Repeat = (words: string) => string;

/** What GitHub answered, if it is GitHub that answered: a login page may come with a 200 as well. */
export function answerOf(
  { status, data, headers }: Awaited<ReturnType<Requester['request']>>,
  route: string,
): unknown {
  if (status >= 300) throw sentAway(route, status, headers.location);
  const expected = status === 204 || (typeof data === 'object' && data !== null);
  if (!expected || (route === GRAPHQL && !isRecord(data))) throw noAnswer(route, status);
  return data;
}

/** Something answered, and not GitHub. */
export const noAnswer = (route: string, status = 200): GitHubError =>
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

/** What the errors of an answer mean. */
export function graphqlError(
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
export function limitIn({
  data,
  headers,
}: {
  data: unknown;
  headers: Headers;
}): HttpFailure | undefined {
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
export function waitAsked(error: unknown, now: number): Duration | undefined {
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

/** What a request that failed means for the one who made it. */
export function explain(error: unknown, route: string, repeated: Repeat): GitHubError {
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

function textOf(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
