import type { Logged } from '../../github/traffic.ts';
import type { Normaliser } from './normaliser.ts';

/**
 * Requests as lines of text, such as `GET /repos/acme/shop/pulls?state=open → 200`. Writes and GraphQL
 * have the shape of what was sent. Reads between two writes are sorted: the program makes many of them
 * at once, and they arrive in any order. Nobody waits for the reaction that a comment was seen, so it
 * comes last.
 */
export function requestLines(requests: readonly Logged[], normal: Normaliser): readonly string[] {
  const lines: string[] = [];
  let reads: string[] = [];
  const endReads = (): void => {
    lines.push(...reads.sort(by(normal.blank)).map(normal.text));
    reads = [];
  };
  for (const request of requests.filter((each) => !saysSeen(each))) {
    if (request.writes) {
      endReads();
      lines.push(normal.text(line(request)));
    } else reads.push(line(request));
  }
  endReads();
  return [...lines, ...requests.filter(saysSeen).map((each) => normal.text(line(each)))];
}

const saysSeen = ({ operation, body }: Logged): boolean =>
  operation === 'reactions/create-for-issue-comment' && memberOf(body, 'content') === 'eyes';

function line({ method, path, query, operation, writes, body, status }: Logged): string {
  const graphql = operation.startsWith('graphql/');
  const what = graphql ? operation : `${method} ${path}${query && `?${decodeURIComponent(query)}`}`;
  const sent = graphql ? memberOf(body, 'variables') : body;
  // Most questions to GraphQL are about a repository: their variables tell them apart.
  const shown = (writes || graphql) && sent !== undefined ? ` ${shape(sent)}` : '';
  return `${what}${shown} → ${status || 'no answer'}`;
}

const memberOf = (body: unknown, key: string): unknown =>
  typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;

/** Which keys and types a body has: `{labels: [string], title: string}`. */
export function shape(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shape))].sort().join(' | ')}]`;
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  const keys = Object.entries(value)
    .sort(by(([key]) => key))
    .map(([key, each]) => `${key}: ${shape(each)}`);
  return `{${keys.join(', ')}}`;
}

/** Compares by a text that is made of each. */
function by<T>(of: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [one, other] = [of(a), of(b)];
    return one < other ? -1 : one > other ? 1 : 0;
  };
}
