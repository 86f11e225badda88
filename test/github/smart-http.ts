import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GIT_ENVIRONMENT } from './git/process.ts';
import { credential } from './http.ts';
import { allows } from './state/token.ts';
import type { World } from './state/world.ts';

/**
 * Clones and fetches at `/<owner>/<name>.git`, done by git itself (`git http-backend`). Pushes are
 * refused: what people push, tests put there with `repository.commit`, and the bot never pushes.
 */
export function serveGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): boolean {
  const match = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
    url.pathname,
  );
  if (match === null) return false;
  const [, name = '', service = ''] = match;
  const secret = credential(request);
  const token = secret === undefined ? undefined : world.tokens.get(secret);
  const repository = world.repository(name);
  const allowed =
    repository === undefined || (secret !== undefined && token === undefined)
      ? 'hidden'
      : allows(world, token, repository, [['contents', 'read']]);
  if (repository === undefined || allowed !== 'yes') {
    // git asks for credentials where it has sent none; GitHub says no more than that.
    response.writeHead(secret === undefined ? 401 : 404, { 'www-authenticate': 'Basic' });
    response.end('Repository not found.');
    return true;
  }
  if (`${url.search}${service}`.includes('git-receive-pack')) {
    response.writeHead(403);
    response.end('the test server takes no pushes');
    return true;
  }
  const child = spawn('git', ['http-backend'], {
    env: {
      ...GIT_ENVIRONMENT,
      GIT_PROJECT_ROOT: repository.git.dir,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${service}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let begun = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (begun) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    begun = true;
    const headers = new Map(
      head
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]),
    );
    const status = Number.parseInt(headers.get('Status') ?? '200', 10);
    headers.delete('Status');
    response.writeHead(status, Object.fromEntries(headers));
    response.write(head.subarray(end + 4));
  });
  child.stdout.on('end', () => response.end());
  return true;
}
