import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePackage } from './debian.ts';
import { freePort } from './prometheus.ts';

export interface RunningNginx {
  /** The body of what it answers to a user: the name of a backend. */
  ask(cookie?: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a real NGINX on a free port of this machine, from a directory of its own, whose requests go
 * to the backend that a variable names. Installs Debian's package where it is missing.
 *
 * @param include the text of a file that its `http` block includes
 */
export async function startNginx(
  include: string,
  variable: string,
  backends: readonly string[],
): Promise<RunningNginx> {
  await ensurePackage('nginx-light', ['nginx', '-v']);
  const home = await mkdtemp(join(tmpdir(), 'sluice-nginx-'));
  const port = await freePort();
  const socket = (name: string): string => `unix:${join(home, `${name}.sock`)}`;
  await writeFile(join(home, 'split.conf'), include);
  await writeFile(
    join(home, 'nginx.conf'),
    [
      'daemon off; master_process off; pid nginx.pid; error_log stderr warn;',
      'events { worker_connections 512; }',
      'http {',
      '  access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (of) => `  ${of}_temp_path ${of};`,
      ),
      '  include split.conf;',
      ...backends.flatMap((name) => [
        `  upstream ${name} { server ${socket(name)}; }`,
        `  server { listen ${socket(name)}; location / { return 200 ${name}; } }`,
      ]),
      `  server { listen 127.0.0.1:${port}; location / { proxy_pass http://${variable}; } }`,
      '}',
    ].join('\n'),
  );
  const child = spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const reap = () => void child.kill('SIGKILL'); // a test run that is cut short leaves no server
  process.once('exit', reap);
  child.once('exit', () => process.off('exit', reap));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const url = `http://127.0.0.1:${port}/`;
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(home, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 30_000; ; await sleep(20)) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`nginx did not answer at ${url}:\n${log}`);
    }
  }
  return {
    stop,
    async ask(cookie) {
      const response = await fetch(url, { headers: cookie === undefined ? {} : { cookie } });
      return response.text();
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await ended;
}
