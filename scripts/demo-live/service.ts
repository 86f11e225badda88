/**
 * The web service, a process of its own: it answers `/checkout` as its flag says, and `/metrics`.
 * Started by `start-service.ts`, with the compiled flags as its only argument.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from './exposition.ts';
import { openFlags } from './flags.ts';
import { FLAG, SERVICE } from './scenario.ts';

/** What the service tells whoever started it. */
export type Told =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'flags-read'; readonly at: number; readonly phase: string }
  | { readonly kind: 'fault-on'; readonly at: number };

/** What it is told: there is one thing only. */
export interface Order {
  readonly kind: 'break-treatment';
}

const tell = (told: Told): void => void process.send?.(told);

const metrics = createMetrics(FLAG);
const flags = await openFlags(process.argv[2] ?? '', (text) =>
  tell({ kind: 'flags-read', at: Date.now(), phase: phaseOf(text) }),
);
let broken = false;

/** The phase that the compiled file says the flag is in. */
function phaseOf(text: string): string {
  const { flags } = JSON.parse(text) as {
    readonly flags: Readonly<Record<string, { readonly metadata?: { readonly phase?: string } }>>;
  };
  return flags[FLAG]?.metadata?.phase ?? 'unknown';
}

/** The page, new or classic; the new one has the fault. Answers the status. */
async function checkout(isNew: boolean): Promise<number> {
  if (isNew && broken && Math.random() < SERVICE.faultFails) {
    // It waits for something that does not answer.
    await sleep(SERVICE.faultTakes);
    return 503;
  }
  await sleep(SERVICE.takes * Math.exp(SERVICE.spread * normal()));
  return Math.random() < SERVICE.fails ? 500 : 200;
}

const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://service');
  if (pathname === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics.render());
    return;
  }
  if (pathname !== '/checkout') {
    response.writeHead(404).end();
    return;
  }
  const began = performance.now();
  const { value, variant } = await flags.isOn(FLAG, searchParams.get('user') ?? '');
  const code = await checkout(value);
  metrics.count(variant, code, (performance.now() - began) / 1000);
  response.writeHead(code, { 'x-variant': variant }).end(value ? 'one page' : 'classic');
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
// Longer than any of its users' connections can be idle, so that none is closed as it is used again.
server.keepAliveTimeout = 10 * 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  tell({
    kind: 'listening',
    port: typeof address === 'object' && address !== null ? address.port : 0,
  });
});

process.on('message', (order: Order) => {
  if (order.kind !== 'break-treatment') return;
  broken = true;
  tell({ kind: 'fault-on', at: Date.now() });
});
// Whoever started it is gone: there is nobody left to serve.
process.once('disconnect', () => process.exit(0));
// A Ctrl-C goes to all of a terminal's processes; this one ends with the one that started it.
process.on('SIGINT', () => undefined);
