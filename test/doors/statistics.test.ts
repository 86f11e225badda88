import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { quantileOfBuckets } from '../../src/judge/statistics/histogram.ts';
import { startPrometheus } from '../support/prometheus.ts';

const run = promisify(execFile);

/** Debian's own, which sees Debian's packages. */
const PYTHON = '/usr/bin/python3';
const PACKAGES = ['python3-scipy', 'python3-statsmodels', 'python3-mpmath'];

async function installed(): Promise<boolean> {
  return run(PYTHON, ['-c', 'import mpmath, scipy, statsmodels.stats.proportion']).then(
    () => true,
    () => false,
  );
}

/** Makes sure of the packages, or says which are missing. */
async function ensurePackages(): Promise<void> {
  if (await installed()) return;
  const command = `apt-get install --no-install-recommends ${PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0)
    throw new Error(`The tests need Debian's packages: sudo ${command}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A list that is out of date may still do; another test file may be installing what it needs.
  await run('apt-get', ['-qq', 'update'], { env }).catch(() => undefined);
  const options = ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=240', '--no-install-recommends'];
  await run('apt-get', ['install', ...options, ...PACKAGES], { env });
  if (!(await installed())) throw new Error(`${command} succeeded, but Python finds no packages`);
}

/** Numbers by where they are, so that last digits may differ between versions of a library. */
function differences(here: unknown, there: unknown, path: string): readonly string[] {
  if (typeof here === 'number' && typeof there === 'number') {
    const off = Math.abs(here - there) / Math.max(Math.abs(there), Number.MIN_VALUE);
    const last = Math.abs(here - there) < 1e-12 || Math.abs(there) < 1e-300;
    return off < 1e-9 || last ? [] : [`${path}: ${here}, committed ${there}`];
  }
  if (typeof here !== 'object' || typeof there !== 'object' || here === null || there === null) {
    return here === there ? [] : [`${path}: ${here}, committed ${there}`];
  }
  const keys = new Set([...Object.keys(here), ...Object.keys(there)]);
  const at = (value: object, key: string) => (value as Record<string, unknown>)[key];
  return [...keys].flatMap((key) => differences(at(here, key), at(there, key), `${path}.${key}`));
}

const rows = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('the reference values of the statistics', () => {
  beforeAll(ensurePackages, 300_000);

  it('are what SciPy, statsmodels and mpmath say here and now', async () => {
    const path = (name: string) =>
      fileURLToPath(new URL(`../judge/reference/${name}`, import.meta.url));
    const { stdout } = await run(PYTHON, [path('statistics.py')], { maxBuffer: 16 * 2 ** 20 });
    const committed = rows(readFileSync(path('statistics.jsonl'), 'utf8'));
    const now = rows(stdout);
    expect(now.length).toBe(committed.length);
    expect(differences(now, committed, 'row')).toEqual([]);
  });
});

describe('a quantile of a histogram', () => {
  it('is what PromQL says it is', async () => {
    const at = Date.UTC(2026, 11, 1, 12);
    const histograms = {
      usual: [
        [0.1, 12],
        [0.25, 40],
        [0.5, 70],
        [1, 95],
        [Infinity, 100],
      ],
      empty_first: [
        [0.1, 0],
        [0.25, 0],
        [0.5, 7],
        [1, 7],
        [Infinity, 9],
      ],
      below_zero: [
        [-1, 5],
        [0, 9],
        [2, 20],
        [Infinity, 20],
      ],
      dented: [
        [0.1, 12],
        [0.25, 10],
        [0.5, 70],
        [Infinity, 70],
      ],
      all_above: [
        [0.1, 0],
        [Infinity, 6],
      ],
    } as const;
    const series = Object.entries(histograms).flatMap(([name, buckets]) =>
      buckets.map(([le, count]) => ({
        name: `${name}_bucket`,
        labels: { le: le === Infinity ? '+Inf' : String(le) },
        points: [[at, count]] as const,
      })),
    );
    const prometheus = await startPrometheus({ series });
    try {
      for (const [name, buckets] of Object.entries(histograms)) {
        for (const q of [0.05, 0.12, 0.4, 0.5, 0.69, 0.9, 0.95, 0.99, 1]) {
          const query = `histogram_quantile(${q}, ${name}_bucket)`;
          const answer = await fetch(
            `${prometheus.url}/api/v1/query?time=${at / 1000}&query=${encodeURIComponent(query)}`,
          );
          const { data } = (await answer.json()) as {
            data: { result: readonly { value: readonly [number, string] }[] };
          };
          const ours = quantileOfBuckets(
            q,
            buckets.map(([le, count]) => ({ le, count })),
          );
          expect(ours, query).toBeCloseTo(Number(data.result[0]?.value[1]), 12);
        }
      }
    } finally {
      await prometheus.stop();
    }
  });
});
