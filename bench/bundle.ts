import { readdir, stat } from 'node:fs/promises';
import { type Bench, limited } from './bench.ts';
import { built } from './program.ts';

/** All JavaScript in dist/, in kilobytes of 1,000 bytes. */
export async function bundle(): Promise<readonly Bench[]> {
  const names = (await readdir(built(''))).filter((name) => /\.js$/.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await stat(built(name))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return [limited('bundle', bytes / 1000, 'KB', 4_000)];
}
