import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { openGitForge } from '../src/forge/git/git.ts';
import { createHttpClient, type HttpClient, type HttpRequest } from '../src/http/client.ts';
import { CONCURRENCY } from '../src/providers/ask.ts';
import { credentialsIn, openProvider } from '../src/providers/index.ts';
import { createContext } from '../src/repository/context.ts';
import { reconcile } from '../src/tick/reconcile.ts';
import { type Bench, bench } from './bench.ts';
import { type Compared, timed } from './compare.ts';
import { commitAll, rolloutFiles, withFolder } from './rollouts.ts';

const NOW = Date.UTC(2026, 11, 9, 12);

const STATUS = `status:
  phase: progressing
  stage: early
  since: 2026-12-07T09:00:00Z
`;

export async function tick(): Promise<readonly Bench[]> {
  return [bench('tick', { ...(await ticking()), unit: 'ms', target: 1.3 })];
}

let measured: Promise<Compared> | undefined;

/**
 * A whole tick, written nowhere, over 1,000 progressing rollouts of five checks, against its
 * different questions alone, sent by the same client, as many at once. The server is another
 * process and answers after 20 ms. Measured once in a run, whoever asks.
 */
export function ticking(): Promise<Compared> {
  measured ??= measure();
  return measured;
}

async function measure(): Promise<Compared> {
  const server = await startServer();
  try {
    // A small one first, so that what is measured is warm.
    await passes(50, server.url);
    return await passes(1_000, server.url);
  } finally {
    server.stop();
  }
}

function passes(rollouts: number, url: string) {
  return withFolder(rolloutFiles(rollouts, { status: STATUS, url }), async (dir) => {
    await commitAll(dir);
    const http = createHttpClient();
    const asked: HttpRequest[] = [];
    const listening: HttpClient = {
      ...http,
      request: (request) => {
        asked.push(request);
        return http.request(request);
      },
    };
    const value = await timed(async () => {
      const { assessments } = await reconcile(
        createContext({
          forge: await openGitForge({ dir, author: { name: 'Sluice', email: 'sluice@localhost' } }),
          now: NOW,
          dryRun: true,
          openProvider: (name, config, readFile) =>
            openProvider(name, config, {
              http: () => listening,
              credentials: credentialsIn({}),
              clock: () => performance.now(),
              readFile,
            }),
        }),
      );
      const judged = assessments.flatMap(({ verdicts }) => verdicts);
      if (judged.length !== 5 * rollouts) throw new Error(`${judged.length} checks were judged`);
    });
    const limit = pLimit(CONCURRENCY);
    const reference = await timed(() =>
      Promise.all(asked.map((request) => limit(() => http.request(request)))),
    );
    http.close();
    return { value, reference };
  });
}

async function startServer() {
  const file = fileURLToPath(new URL('./metrics-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${port.toString().trim()}`, stop: () => child.stdin.end() };
}
