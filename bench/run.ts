/**
 * `npm run bench`: how fast it is, each figure a ratio to something measured in the same run.
 * `-- --json` prints one JSON value; other arguments pick benches by name. The exit code is 1 where
 * a figure is past its target. See docs/performance.md.
 */
import type { Bench } from './bench.ts';
import { bundle } from './bundle.ts';
import { githubRequests } from './github-requests.ts';
import { judgement } from './judgement.ts';
import { judging } from './judging.ts';
import { memory } from './memory.ts';
import { rollbackLatency } from './rollback-latency.ts';
import { startup } from './startup.ts';
import { startupGithub } from './startup-github.ts';
import { tick } from './tick.ts';
import { tickLoad } from './tick-load.ts';
import { validate } from './validate.ts';

const BENCHES: Readonly<Record<string, () => Promise<readonly Bench[]>>> = {
  bundle,
  'tick-load': tickLoad,
  startup,
  'startup-github': startupGithub,
  validate,
  memory,
  tick,
  judging,
  'github-requests': githubRequests,
  'rollback-latency': rollbackLatency,
  judgement,
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(
    `there is no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exit(2);
}

const benches: Bench[] = [];
for (const [name, measure] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const figures = await measure();
  benches.push(...figures);
  if (!json) for (const figure of figures) process.stdout.write(`${line(figure)}\n`);
}
if (json) process.stdout.write(`${JSON.stringify({ benches })}\n`);
process.exitCode = benches.some(({ ratio, target }) => ratio > target) ? 1 : 0;

function line({ name, value, unit, reference, ratio, target }: Bench): string {
  const figures = `${value.toFixed(0)} ${unit} to ${reference.toFixed(0)}`;
  const verdict = ratio <= target ? 'within' : 'PAST';
  const held = Number.isFinite(target) ? `, ${verdict} ${Number(target.toFixed(2))}` : '';
  return `${name.padEnd(34)} ${figures.padEnd(28)} ${ratio.toFixed(2)}${held}`;
}
