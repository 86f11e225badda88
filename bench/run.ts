/**
 * `npm run bench`: how fast it is, each figure a ratio to something measured in the same run.
 * `-- --json` prints one JSON value; other arguments pick benches by name.
 */
import { tick } from './tick.ts';
import { validate } from './validate.ts';

/** One measurement: `ratio` is value over reference, and `target` the most it should be. */
export interface Bench {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: number;
  readonly ratio: number;
  readonly target: number;
}

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = { validate, tick };

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));

const benches: Bench[] = [];
for (const [name, measure] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const bench = await measure();
  benches.push(bench);
  if (!json) {
    const { value, unit, reference, ratio, target } = bench;
    const verdict = ratio <= target ? 'within' : 'past';
    process.stdout.write(
      `${name.padEnd(10)} ${value.toFixed(0)} ${unit} against ${reference.toFixed(0)} ${unit}: ${ratio.toFixed(2)}, ${verdict} ${target}\n`,
    );
  }
}
if (json) process.stdout.write(`${JSON.stringify({ benches })}\n`);
