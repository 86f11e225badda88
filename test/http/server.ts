import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly received: readonly Received[];
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts servers as tests want them, and ends them after each test. */
export function serversPerTest(): typeof startServer {
  const open: TestServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  return async (answer) => {
    const server = await startServer(answer);
    open.push(server);
    return server;
  };
}

/** A far side on this machine that behaves, or misbehaves, as the test wants. */
export async function startServer(
  answer: (response: ServerResponse, request: Received) => void,
): Promise<TestServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const whole = { method, path, headers, body };
      received.push(whole);
      answer(response, whole);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // the client may go at any time: that is what is tested
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Writes forever, as long as the other side reads. */
export function writeEndlessly(response: ServerResponse, chunk = 'x'.repeat(65_536)): void {
  const write = () => {
    while (!response.destroyed && response.write(chunk)) {
      // the socket still takes it
    }
  };
  response.on('drain', write);
  write();
}

/** A byte every few milliseconds, forever. */
export function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
}
