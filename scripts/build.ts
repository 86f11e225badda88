/**
 * Bundles the doors into dist/. `--check` writes nothing and fails where a byte differs from what
 * is committed.
 */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import {
  actionsAsUsed,
  gettersUnread,
  readAfterDoor,
  readWhenUsed,
  SELDOM_USED,
  unusedLeftOut,
} from './bundle-plugins.ts';
import { notices } from './notices.ts';

const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/** The files of dist/, by name. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  // Each door by itself: what both share would be cut into as many files as there are ways to
  // share it, and at a start every file counts.
  const bundles = await Promise.all([bundleDoor('cli'), bundleDoor('main'), bundleSeldomUsed()]);
  const inputs = new Set(bundles.flatMap(({ metafile }) => bundled(metafile)));
  return new Map([
    ...bundles.flatMap(({ outputFiles }) =>
      outputFiles.map(({ path, text }) => [basename(path), text] as const),
    ),
    ['NOTICES.txt', await notices([...inputs])],
    // dist/ runs wherever it is copied to, without the package.json above it.
    ['package.json', '{ "type": "module" }\n'],
  ]);
}

const COMMON = {
  outdir: 'dist',
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

const bundleDoor = (door: 'cli' | 'main') =>
  build({
    ...COMMON,
    entryPoints: { [door]: `src/${door}.ts` },
    splitting: true,
    format: 'esm',
    chunkNames: 'chunk-[hash]',
    banner: { js: BANNER },
    plugins: [actionsAsUsed, gettersUnread, readWhenUsed, readAfterDoor(door), unusedLeftOut],
  });

/** Each a file that Node can `require` in the middle of a function. */
const bundleSeldomUsed = () =>
  build({
    ...COMMON,
    entryPoints: Object.fromEntries(
      Object.entries(SELDOM_USED).map(([name, { file }]) => [file, name]),
    ),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    plugins: [gettersUnread, readWhenUsed, unusedLeftOut],
  });

/** The files of which something is in the bundle. */
const bundled = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    ),
  );

/** What is committed, by name. */
async function committed(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir('dist').catch(() => []);
  const files = names.map(
    async (name) => [name, await readFile(join('dist', name), 'utf8')] as const,
  );
  return new Map(await Promise.all(files));
}

const [built, present] = [await bundle(), await committed()];
const different = [...new Set([...built.keys(), ...present.keys()])].filter(
  (name) => built.get(name) !== present.get(name),
);

if (process.argv.includes('--check')) {
  if (different.length > 0) {
    process.stderr.write(
      `dist/ is not what src/ builds: ${different.join(', ')}. Run: npm run build\n`,
    );
    process.exitCode = 1;
  } else {
    process.stdout.write('dist/ is what src/ builds, byte for byte\n');
  }
} else {
  await mkdir('dist', { recursive: true });
  for (const [name, text] of built) await writeFile(join('dist', name), text);
  await chmod('dist/cli.js', 0o755);
  // Last, so that a program that runs from dist/ meanwhile still finds its chunks.
  for (const name of different) if (!built.has(name)) await rm(join('dist', name));
}
