import type { Auth } from '../../credential.ts';
import { defined } from '../../defined.ts';
import { authHeaders } from '../../http/auth.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Credentials } from '../../http/credentials.ts';
import { showUrl } from '../../http/endpoint.ts';
import { quote } from '../../http/quote.ts';
import { secretsOf } from '../../http/secrets.ts';
import type {
  Answer,
  Grid,
  MatchedQuestion,
  MetricsProvider,
  Question,
  UnavailableReason,
} from '../../model/measurement.ts';
import { withoutEnd } from '../../text.ts';
import { type Duration, SECOND } from '../../time.ts';
import { type Quote, readMatched, readNumbers } from './answer.ts';
import { readCounters, refusedCounters, unionOf } from './counters.ts';
import { escapePromql } from './promql.ts';

/** What asks it; both are in one file of dist/. */
export { createHttpClient } from '../../http/client.ts';

/** Where a Prometheus (or anything that speaks its HTTP API: Thanos, Mimir, VictoriaMetrics) is. */
export interface PrometheusOptions {
  /** The name the config gives it. */
  readonly name: string;
  /** The address before `/api/v1/…`; a path and a query string in it are kept. */
  readonly url: string;
  readonly auth?: Auth;
  /** Where `auth` looks its variables up. */
  readonly credentials: Credentials;
  /** For one query, whole. 30 s unless given. */
  readonly timeout?: Duration;
  /** The largest answer, in bytes. 5 MB unless given. */
  readonly maxBytes?: number;
  /** Whether plain http to another machine is allowed. */
  readonly allowHttp?: boolean;
  /** How often it scrapes; nobody may have said. */
  readonly scrapeInterval?: Duration;
  /** How late it has what happened; not at all unless somebody said. */
  readonly delay?: Duration;
}

/**
 * Asks a Prometheus server (https://prometheus.io/docs/prometheus/latest/querying/api/).
 *
 * Queries go out as POST forms, because a query may be longer than a URL may be; a proxy that
 * refuses POST is asked again with GET, as Prometheus' own client does.
 *
 * @param deps.http the guarded client: the only way out.
 */
export function createPrometheus(
  options: PrometheusOptions,
  deps: { readonly http: HttpClient },
): MetricsProvider {
  return {
    name: options.name,
    ...defined({ sampledEvery: options.scrapeInterval, delay: options.delay }),
    escape: escapePromql,
    ask: (questions) =>
      Promise.all(
        questions.map(
          async (question) =>
            refusedCounters(question) ?? ask(await wireOf(question), options, deps.http),
        ),
      ),
  };
}

/** A question as it goes over the wire, and how its answer is read. */
interface Wire {
  readonly path: 'query' | 'query_range' | 'series';
  readonly form: URLSearchParams;
  readonly read: (body: string, quote: Quote) => Answer;
}

/**
 * A value is an instant query, everything else a range query; Prometheus counts in seconds, with
 * decimals.
 */
async function wireOf(question: Question): Promise<Wire> {
  switch (question.kind) {
    case 'value':
      return {
        path: 'query',
        form: new URLSearchParams({ query: question.query, time: `${question.at / SECOND}` }),
        read: (body, repeat) => readNumbers(body, question, repeat),
      };
    case 'series':
      return {
        path: 'query_range',
        form: rangeOf(question.query, question),
        read: (body, repeat) => readNumbers(body, question, repeat),
      };
    case 'increments':
    case 'buckets':
      return {
        path: 'query_range',
        form: rangeOf(unionOf(question), question),
        read: (body, repeat) => readCounters(body, question, repeat),
      };
    case 'matched':
      return {
        path: 'series',
        form: await seriesOf(question),
        read: readMatched,
      };
  }
}

/** One series is as good as many; servers that do not know `limit` send them all. */
async function seriesOf({ query, anyOf, from, to }: MatchedQuestion): Promise<URLSearchParams> {
  // Asked seldom: a tick does not load the parser for it.
  const { widened } = await import('../../promql/widen.ts');
  const form = new URLSearchParams({
    start: `${from / SECOND}`,
    end: `${to / SECOND}`,
    limit: '1',
  });
  for (const selector of widened(query, anyOf.map(escapePromql))) form.append('match[]', selector);
  return form;
}

const rangeOf = (query: string, { from, to, step }: Grid): URLSearchParams =>
  new URLSearchParams({
    query,
    start: `${from / SECOND}`,
    end: `${to / SECOND}`,
    step: `${step / SECOND}`,
  });

async function ask(wire: Wire, options: PrometheusOptions, http: HttpClient): Promise<Answer> {
  if (!URL.canParse(options.url)) {
    const what = `the url of provider ${options.name} is not a URL; write it as https://host/path`;
    return { kind: 'unavailable', reason: 'unreachable', detail: what };
  }
  const url = apiUrl(options.url, wire.path);
  const shown = showUrl(url);
  const auth = authHeaders(options.auth, options.credentials);
  if (auth.kind === 'missing') {
    const detail = `${shown} was not asked: ${auth.problem}`;
    return { kind: 'unavailable', reason: 'missing-credential', detail };
  }
  const outcome = await send(wire.form, url, auth.headers, options, http);
  if (outcome.kind === 'failed') {
    return { kind: 'unavailable', reason: outcome.reason, detail: outcome.detail };
  }
  const secrets = secretsOf(options.url, auth.headers);
  const answer = judgeStatus(
    outcome.status,
    wire.read(outcome.body, (words, limit) => quote(words, limit, secrets)),
  );
  return answer.kind === 'unavailable'
    ? { ...answer, detail: `${shown}: ${answer.detail}` }
    : answer;
}

async function send(
  form: URLSearchParams,
  url: URL,
  auth: Readonly<Record<string, string>>,
  options: PrometheusOptions,
  http: HttpClient,
) {
  const headers = { accept: 'application/json', 'user-agent': 'sluice', ...auth };
  const limits = {
    timeout: options.timeout ?? 30 * SECOND,
    ...defined({ maxBytes: options.maxBytes, allowHttp: options.allowHttp }),
  };
  const posted = await http.request({
    ...limits,
    url: url.href,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const refused = posted.kind === 'response' && (posted.status === 405 || posted.status === 501);
  if (!refused) return posted;
  const asked = new URL(url);
  for (const [name, value] of form) asked.searchParams.append(name, value);
  return http.request({ ...limits, url: asked.href, headers });
}

function apiUrl(base: string, method: Wire['path']): URL {
  const url = new URL(base);
  url.pathname = `${withoutEnd(url.pathname, '/')}/api/v1/${method}`;
  url.hash = '';
  return url;
}

/** Statuses that say more than the body does. */
const STATUS_HINTS: ReadonlyMap<number, string> = new Map([
  [401, 'it does not accept the credentials; check `auth` and the token it names'],
  [403, 'the credentials may not read this; check the token and what it is allowed'],
  [404, 'there is no Prometheus API there; check the url, to which Sluice adds /api/v1/…'],
  [429, 'it is asked too often; the next tick asks again'],
]);

/** What an error in Prometheus' JSON is read as. */
const SAID_BY_SERVER: ReadonlySet<UnavailableReason> = new Set([
  'query-error',
  'timeout',
  'http-error',
]);

/**
 * Weighs the status against the body. Prometheus gives its refusals 400, 422 and 503 with an error
 * in JSON, which says more than the status; anything else that is no success is a proxy or a wrong
 * address speaking.
 */
function judgeStatus(status: number, answer: Answer): Answer {
  if (status >= 200 && status < 300) return answer;
  const hint = STATUS_HINTS.get(status);
  if (answer.kind === 'unavailable' && SAID_BY_SERVER.has(answer.reason) && hint === undefined) {
    if (answer.reason !== 'http-error') return answer;
    return { ...answer, detail: `HTTP ${status}, ${answer.detail}; the next tick asks again` };
  }
  const next =
    hint ??
    (status >= 500
      ? 'the server or a proxy before it fails; look at its logs, the next tick asks again'
      : 'check the url and what stands before the server');
  return { kind: 'unavailable', reason: 'http-error', detail: `HTTP ${status}: ${next}` };
}
