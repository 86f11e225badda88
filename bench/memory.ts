import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, limited } from './bench.ts';
import { built, runProgram } from './program.ts';
import { rolloutFiles, withFolder } from './rollouts.ts';

/** Loaded before the program: as it ends, it writes down its largest resident set, in kilobytes. */
const WITNESS = `process.on('exit', () =>
  require('node:fs').writeFileSync(process.env.WITNESS, String(process.resourceUsage().maxRSS)));
`;

/** The most memory that `sluice validate` takes for 10,000 files. */
export async function memory(): Promise<readonly Bench[]> {
  const files = { 'witness.cjs': WITNESS, ...rolloutFiles(10_000) };
  return withFolder(files, async (dir) => {
    const told = join(dir, 'told');
    await runProgram({
      node: process.execPath,
      args: ['--require', join(dir, 'witness.cjs'), built('cli.js'), 'validate'],
      cwd: dir,
      env: { PATH: process.env.PATH, HOME: dir, WITNESS: told },
    });
    const megabytes = Number(await readFile(told, 'utf8')) / 1024;
    return [limited('memory', megabytes, 'MB', 300)];
  });
}
