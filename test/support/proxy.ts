import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Does something once so many answers have gone through; what is under way waits for it. */
  after(answers: number, run: () => Promise<void>): void;
  close(): void;
}

/** Stands before a server, as a load balancer does: 502 where nobody is there. */
export async function startProxy(target: () => string): Promise<Proxy> {
  let answers = 0;
  let trigger: { readonly at: number; readonly run: () => Promise<void> } | undefined;
  let done: Promise<void> | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (trigger && answers >= trigger.at) {
      done ??= trigger.run();
      await done;
    }
    const url = new URL(request.url ?? '/', target());
    const { method, headers } = request;
    const onward = send(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
      answers += 1;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    onward.once('error', () =>
      response.headersSent ? response.destroy() : response.writeHead(502).end('Bad Gateway'),
    );
    onward.end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    after: (at, run) => {
      trigger = { at, run };
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
