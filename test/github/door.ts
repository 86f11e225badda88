import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Contract, Operation } from './contract.ts';
import { answerQuestion, type Question, readQuestion } from './graphql/execute.ts';
import { credential, onTheWire, readBody, send } from './http.ts';
import { type Answer, ok } from './rest/call.ts';
import { OPERATIONS } from './rest/operations.ts';
import { forbidden, notFound, RequestError } from './state/refusal.ts';
import { allows, type Token } from './state/token.ts';
import type { World } from './state/world.ts';
import type { Logged, Traffic } from './traffic.ts';

/** Something said that GitHub's description or schema does not know, or that we do not. */
export interface Violation {
  readonly request: string;
  readonly side: 'request' | 'answer' | 'server';
  readonly problems: readonly string[];
}

export interface Door {
  readonly world: World;
  readonly traffic: Traffic;
  readonly contract: Contract;
  readonly violations: Violation[];
}

/** What a request turned out to be. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly address: URL;
  readonly urls: { readonly api: string; readonly web: string };
  readonly path: string;
  readonly body: unknown;
  readonly secret: string | undefined;
  readonly token: Token | undefined;
  readonly question: Question | undefined;
  readonly operation: Operation | undefined;
}

const ENTERPRISE = '/api/v3';
/** Without one, GitHub takes the first. */
const API_VERSIONS: readonly string[] = ['2022-11-28'];
const LIMITS = 'Rate limits are documented at https://docs.github.com/rest/rate-limit';
const READ_OPERATION = /^(GET|HEAD)$/;

/** Answers one request to the API. */
export async function answer(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
): Promise<void> {
  const { traffic, world } = door;
  const arrival = await arrive(door, request, address);
  const logged = log(traffic, arrival);
  const { failure, cut } = await traffic.before(logged);
  if (cut === 'before') {
    logged.status = 0;
    response.destroy();
    return;
  }
  const resource = arrival.question === undefined ? 'core' : 'graphql';
  const handled =
    failure === undefined || failure.when === 'after'
      ? await handle(door, arrival, logged, resource)
      : undefined;
  const said: Answer =
    failure === undefined
      ? (handled as Answer)
      : {
          status: failure.status,
          body: failure.body ?? { message: `injected ${failure.status}` },
          headers: failure.headers ?? {},
        };
  let wire = onTheWire(said, rateHeaders(world, arrival.token, resource));
  if (wire.headers.etag !== undefined && wire.headers.etag === request.headers['if-none-match']) {
    // What has not changed is not counted.
    spend(arrival.token, resource, -1);
    const headers = { ...wire.headers, ...rateHeaders(world, arrival.token, resource) };
    wire = { status: 304, headers, bytes: undefined };
  }
  await traffic.after(logged);
  if (cut === 'after') {
    logged.status = 0;
    response.destroy();
    return;
  }
  logged.status = wire.status;
  send(response, wire);
}

async function arrive(door: Door, request: IncomingMessage, address: URL): Promise<Arrival> {
  const raw = await readBody(request);
  const enterprise = address.pathname.startsWith(`${ENTERPRISE}/`);
  const graphql = /^\/(api\/)?graphql$/.test(address.pathname);
  const path = enterprise ? address.pathname.slice(ENTERPRISE.length) : address.pathname;
  const body = raw.length === 0 ? undefined : parsed(raw.toString());
  const secret = credential(request);
  return {
    request,
    address,
    path,
    body,
    secret,
    urls: { api: `${address.origin}${enterprise ? ENTERPRISE : ''}`, web: address.origin },
    token: secret === undefined ? undefined : door.world.tokens.get(secret),
    question: graphql ? readQuestion(body) : undefined,
    operation: graphql ? undefined : door.contract.find(request.method ?? 'GET', path),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function log(traffic: Traffic, arrival: Arrival): Logged {
  const { request, path, address, token, question, operation, body } = arrival;
  const logged: Logged = {
    order: traffic.requests.length + 1,
    method: request.method ?? 'GET',
    path,
    query: address.search.slice(1),
    operation: question?.name ?? operation?.id ?? 'unknown',
    writes: question?.mutates ?? !READ_OPERATION.test(request.method ?? ''),
    token: token?.kind ?? 'none',
    body,
    version: request.headers['x-github-api-version']?.toString(),
    status: undefined,
  };
  traffic.requests.push(logged);
  return logged;
}

async function handle(
  door: Door,
  arrival: Arrival,
  logged: Logged,
  resource: string,
): Promise<Answer> {
  try {
    if (arrival.request.headers['user-agent'] === undefined) {
      throw new RequestError(
        403,
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.',
      );
    }
    if (arrival.secret !== undefined && arrival.token === undefined) {
      throw new RequestError(401, 'Bad credentials');
    }
    spend(arrival.token, resource, 1);
    const exceeded = overLimit(arrival, resource);
    if (exceeded !== undefined) return exceeded;
    return arrival.question === undefined
      ? await rest(door, arrival, logged)
      : await graphql(door, arrival, logged, arrival.question);
  } catch (error) {
    if (!(error instanceof RequestError)) {
      return violation(door, logged, 'server', [
        String(error instanceof Error ? error.stack : error),
      ]);
    }
    const documentation_url = 'https://docs.github.com/rest';
    return {
      status: error.status,
      body: { ...error.body, documentation_url, status: String(error.status) },
      headers: error.headers,
    };
  }
}

async function rest(door: Door, arrival: Arrival, logged: Logged): Promise<Answer> {
  const { contract, world } = door;
  const { operation, address, urls, token, request } = arrival;
  const known = operation && OPERATIONS.get(operation.id);
  if (logged.version !== undefined && !API_VERSIONS.includes(logged.version)) {
    throw new RequestError(400, `API version "${logged.version}" is not supported.`);
  }
  if (operation === undefined || known === undefined) {
    return violation(door, logged, 'request', ['the test server has no such operation']);
  }
  const { query, problems } = contract.request(operation, address.searchParams, arrival.body);
  if (problems.length > 0) return violation(door, logged, 'request', problems);
  const { body } = arrival;
  const input = {
    ...operation.path,
    ...query,
    // A bare list or string of labels is a body, too.
    ...(Array.isArray(body) || typeof body === 'string'
      ? { labels: [body].flat() }
      : (body as object | undefined)),
  } as never;
  const call = { world, urls, token, address, accept: request.headers.accept ?? '' };
  const result =
    known.needs.length === 0
      ? await known.run(call, input)
      : await inRepository(door, arrival, operation, (repository, actor) => {
          const run = async () => known.run({ ...call, repository, actor } as never, input);
          // Reads see a repository between writes, never in the middle of one.
          return known.writes ? repository.writes.run(run) : run();
        });
  const wrong = contract.response(
    operation.id,
    result.status,
    result.type ?? (result.body === undefined ? undefined : 'application/json'),
    Buffer.isBuffer(result.body) ? result.body.toString('latin1') : result.body,
  );
  return wrong.length > 0 ? violation(door, logged, 'answer', wrong) : result;
}

type InRepository = (
  repository: NonNullable<ReturnType<World['repository']>>,
  actor: { readonly account: Token['account']; readonly kind: Token['kind'] },
) => Promise<Answer>;

function inRepository(
  { world }: Door,
  { token, operation, request }: Arrival,
  found: Operation,
  run: InRepository,
): Promise<Answer> {
  const repository = world.repository(`${found.path.owner}/${found.path.repo}`);
  const needs = OPERATIONS.get(operation?.id ?? '')?.needs ?? [];
  const allowed = repository && allows(world, token, repository, needs);
  if (repository === undefined || allowed === 'hidden') throw notFound();
  if (token === undefined && !READ_OPERATION.test(request.method ?? '')) {
    throw new RequestError(401, 'Requires authentication');
  }
  if (allowed === 'no') {
    throw token === undefined
      ? notFound()
      : forbidden(token.kind === 'user' ? 'person' : 'integration');
  }
  return run(repository, {
    account: token?.account ?? repository.owner,
    kind: token?.kind ?? 'user',
  });
}

async function graphql(
  door: Door,
  arrival: Arrival,
  logged: Logged,
  question: Question,
): Promise<Answer> {
  const { token, urls } = arrival;
  if (token === undefined)
    throw new RequestError(401, 'This endpoint requires you to be authenticated.');
  if (question.problems.length > 0) return violation(door, logged, 'request', question.problems);
  const missing: string[] = [];
  const body = await answerQuestion(question, {
    world: door.world,
    urls,
    token,
    missing: (what) => missing.push(what),
  });
  return missing.length > 0 ? violation(door, logged, 'server', missing) : ok(body);
}

function violation(
  door: Door,
  logged: Logged,
  side: Violation['side'],
  problems: readonly string[],
): Answer {
  const request = `${logged.method} ${logged.path}${logged.query && `?${logged.query}`} (${logged.operation})`;
  door.violations.push({ request, side, problems });
  return { status: 500, body: { message: `Test server: ${problems.join('; ')}` } };
}

function spend(token: Token | undefined, resource: string, points: number): void {
  token?.used.set(resource, Math.max(0, (token.used.get(resource) ?? 0) + points));
}

/** A primary limit that is used up: REST says so with a 403, GraphQL with a 200. */
function overLimit({ token }: Arrival, resource: string): Answer | undefined {
  if (token === undefined || (token.used.get(resource) ?? 0) <= token.limit) return undefined;
  const whose = token.kind === 'user' ? 'user' : 'installation';
  const message = `API rate limit exceeded for ${whose} ID ${token.account.id}. ${LIMITS}`;
  return resource === 'graphql'
    ? ok({ errors: [{ type: 'RATE_LIMITED', message }] })
    : { status: 403, body: { message, documentation_url: LIMITS.split(' ').at(-1) } };
}

function rateHeaders(world: World, token: Token | undefined, resource: string) {
  const limit = token?.limit ?? 60;
  const used = Math.min(limit, token?.used.get(resource) ?? 0);
  return {
    'x-github-request-id': randomUUID().slice(0, 18).toUpperCase(),
    'x-github-media-type': 'github.v3; format=json',
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(limit - used),
    'x-ratelimit-used': String(used),
    'x-ratelimit-resource': resource,
    'x-ratelimit-reset': String(Math.floor(world.now() / 1000) + 3600),
  };
}
