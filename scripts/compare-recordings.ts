/**
 * Compares what the tests at the doors recorded of two states of the code, and fails if the program
 * behaved differently in any test.
 *
 *     npx tsx scripts/compare-recordings.ts BEFORE AFTER [--accept result.problems]…
 *
 * Both are folders that `RECORD` named: see CONTRIBUTING.md. `--accept` takes the end of a path as it
 * is printed: what differs there was meant to, and the comparison continues past it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareRecordings, type Named, report } from '../test/support/recorder/compare.ts';

/** The recordings in a folder, by test file and test. */
function read(folder: string): readonly Named[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => JSON.parse(readFileSync(join(folder, path), 'utf8')));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { accept: { type: 'string', multiple: true, default: [] } },
});
const [before, after] = positionals;
if (before === undefined || after === undefined) {
  process.stderr.write(
    'usage: npx tsx scripts/compare-recordings.ts BEFORE AFTER [--accept PATH]\n',
  );
  process.exit(2);
}
const comparison = compareRecordings(read(before), read(after), values.accept);
process.stdout.write(`${report(comparison)}\n`);
process.exit(comparison.compared > 0 && comparison.differing.length === 0 ? 0 : 1);
