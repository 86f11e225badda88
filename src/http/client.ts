import { defined } from '../defined.ts';
import type { Duration } from '../time.ts';
import { type Endpoint, readEndpoint, showUrl } from './endpoint.ts';
import { failed, failureOf, type HttpFailure } from './failure.ts';
import { quote } from './quote.ts';
import { type Secrets, secretsOf } from './secrets.ts';
import { type Fetch, openTransport, type Transport } from './transport.ts';

/** One request. */
export interface HttpRequest {
  /** Absolute. A user name and password in it are sent as Basic authorization. */
  readonly url: string;
  /** `GET` unless given. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, from the first look-up to the last byte of the body. */
  readonly timeout: Duration;
  /** The largest body, in bytes after decompression. 5 MB unless given. */
  readonly maxBytes?: number;
  /** Whether plain http to another machine is allowed. */
  readonly allowHttp?: boolean;
  /** What details call the endpoint, where its path is itself a secret (a Slack webhook). */
  readonly endpoint?: string;
}

/** An answer with any status but a redirect. Header names are in lower case. */
export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The guarded client. Never throws for anything the far side does. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse | HttpFailure>;
  /** Closes idle connections. They do not keep the process alive, so that calling it is a courtesy. */
  close(): void;
}

export const DEFAULT_MAX_BYTES = 5_000_000;

/** setTimeout fires at once for anything longer. */
const LONGEST_TIMEOUT: Duration = 2 ** 31 - 1;

/**
 * Creates the one client through which Sluice talks to metrics hosts and chat services: https only,
 * no redirects, a limit on time and size, no credentials in what it says.
 *
 * @param deps.fetch node-fetch's, unless a test passes another.
 */
export function createHttpClient(deps: { readonly fetch?: Fetch } = {}): HttpClient {
  // Opened by the first request: loading the HTTP stack takes longer than all of `sluice validate`.
  let transport: Transport | undefined;
  const connect = (): Transport => {
    transport ??= openTransport(deps);
    return transport;
  };
  return {
    request: (request) => guardedRequest(request, connect),
    close: () => transport?.close(),
  };
}

async function guardedRequest(
  request: HttpRequest,
  connect: () => Transport,
): Promise<HttpResponse | HttpFailure> {
  const endpoint = readEndpoint(request.url, request.allowHttp);
  if (endpoint.kind === 'refused') {
    return { kind: 'failed', reason: endpoint.reason, detail: endpoint.problem };
  }
  const shown = request.endpoint ?? endpoint.shown;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // A race, not the signal alone: the limit holds even where something ignores the signal.
  const deadline = new Promise<HttpFailure>((resolve) => {
    const seconds = `${request.timeout / 1000} s`;
    const what = `no complete answer within ${seconds}; check the server's load, or allow it more time`;
    timer = setTimeout(
      () => resolve(failed('timeout', shown, what)),
      Math.min(Math.max(request.timeout, 0), LONGEST_TIMEOUT),
    );
  });
  const { signal } = abort;
  const exchange = exchangeWith(connect(), { request, endpoint, shown, signal }).catch(
    (error: unknown) => failureOf(shown, error),
  );
  try {
    return await Promise.race([exchange, deadline]);
  } finally {
    clearTimeout(timer);
    abort.abort(); // lets go of the socket of an exchange that was not read to its end
  }
}

interface Exchange {
  readonly request: HttpRequest;
  readonly endpoint: Endpoint;
  readonly shown: string;
  readonly signal: AbortSignal;
}

async function exchangeWith(
  { fetch, agent }: Transport,
  { request, endpoint, shown, signal }: Exchange,
): Promise<HttpResponse | HttpFailure> {
  const response = await fetch(endpoint.url.href, {
    method: request.method ?? 'GET',
    headers: {
      ...defined({ authorization: endpoint.authorization }),
      ...request.headers,
    },
    ...defined({ body: request.body }),
    redirect: 'manual',
    agent,
    signal,
  });
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    const secrets = secretsOf(request.url, request.headers ?? {});
    const target = showTarget(location, endpoint.url, request.endpoint === undefined, secrets);
    // Not even on the same host: a metrics API that redirects is a login page or a wrong address.
    const what = `redirects to ${target}, and Sluice follows no redirects; give the final address, and check the credentials if that is a login page`;
    return failed('redirected', shown, what);
  }
  const body = await readText(response.body, request.maxBytes ?? DEFAULT_MAX_BYTES);
  if (body === undefined) {
    const limit = `${request.maxBytes ?? DEFAULT_MAX_BYTES} bytes`;
    return failed('too-large', shown, `the answer is larger than ${limit}; ask for less`);
  }
  const headers = Object.fromEntries(response.headers);
  return { kind: 'response', status: response.status, headers, body };
}

/** The body as text, or `undefined` as soon as it grows larger than the limit. */
async function readText(
  body: NodeJS.ReadableStream | null,
  maxBytes: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) return undefined; // leaving the loop destroys the stream
    chunks.push(bytes);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Where a redirect leads, safe to show: the far side wrote it and may have put anything in it. */
function showTarget(location: string, from: URL, withPath: boolean, secrets: Secrets): string {
  try {
    const target = new URL(location, from);
    // Decoded, so that a secret is found in it however it was written.
    return quote(withPath ? decodeURIComponent(showUrl(target)) : target.origin, 200, secrets);
  } catch {
    return 'something that is no address';
  }
}
