import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensurePackage } from './debian.ts';

const run = promisify(execFile);

/** A series to be backfilled: its points are [milliseconds since the epoch, value]. */
export interface BackfilledSeries {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

export interface PrometheusSetup {
  /** The history: series, or OpenMetrics text ending in `# EOF`. None: an empty server. */
  readonly series?: readonly BackfilledSeries[] | string;
  /** What it scrapes, and how often, as in `1s`. Nothing unless given. */
  readonly scrape?: { readonly every: string; readonly targets: readonly string[] };
  /** How long samples are kept. Ten years unless given, so that no test's past falls out. */
  readonly retention?: string;
  /** More flags, such as `--query.max-samples=100`. */
  readonly flags?: readonly string[];
}

export interface RunningPrometheus {
  /** `http://127.0.0.1:<port>`; another port after a restart. */
  readonly url: string;
  /** Kills the server, as a node that goes away does. Its history stays. */
  kill(): Promise<void>;
  /** Starts a server that was killed on the history it had. */
  restart(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts a real Prometheus on a free port of this machine, with a history and its own directory.
 * Installs Debian's package where it is missing and may be installed.
 */
export async function startPrometheus(setup: PrometheusSetup = {}): Promise<RunningPrometheus> {
  await ensurePackage('prometheus', ['prometheus', '--version'], ['promtool', '--version']);
  const home = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  try {
    const data = join(home, 'data');
    await mkdir(data);
    await writeFile(join(home, 'prometheus.yml'), configOf(setup));
    const { series = [] } = setup;
    const text = typeof series === 'string' ? series : openMetrics(series);
    if (text !== '# EOF\n') {
      const file = join(home, 'history.om');
      await writeFile(file, text);
      await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data]);
    }
    let running = await launch(home, setup);
    return {
      get url() {
        return running.url;
      },
      kill: () => end(running.child),
      restart: async () => {
        running = await launch(home, setup);
      },
      stop: async () => {
        await end(running.child);
        await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

function configOf({ scrape }: PrometheusSetup): string {
  if (!scrape) return 'global: {}\n';
  const { every, targets } = scrape;
  return `global: {scrape_interval: ${every}, scrape_timeout: ${every}}
scrape_configs: [{job_name: services, static_configs: [{targets: ${JSON.stringify(targets)}}]}]
`;
}

/** Writes series as OpenMetrics text (https://prometheus.io/docs/specs/om/open_metrics_spec/). */
export function openMetrics(series: readonly BackfilledSeries[]): string {
  const lines = series.flatMap(({ name, labels = {}, points }) => {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
    const id = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
    return points.map(([at, value]) => `${id} ${numberText(value)} ${at / 1000}`);
  });
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

async function launch(home: string, setup: PrometheusSetup) {
  // Somebody else may take a free port before Prometheus does: then another one is tried.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(home, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(home, 'data')}`,
        `--storage.tsdb.retention.time=${setup.retention ?? '10y'}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
        ...(setup.flags ?? []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    const reap = () => void child.kill('SIGKILL'); // a test run that is cut short leaves no server
    process.once('exit', reap);
    child.once('exit', () => process.off('exit', reap));
    child.once('error', (error) => {
      log += error.message;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-4000);
    });
    if (await ready(url, child)) return { url, child };
    await end(child);
    if (attempt === 3) throw new Error(`prometheus did not become ready at ${url}:\n${log}`);
  }
}

async function ready(url: string, child: ChildProcess): Promise<boolean> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return true;
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Nothing in it is worth a tidy shutdown.
  child.kill('SIGKILL');
  await ended;
}

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
