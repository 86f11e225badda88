/**
 * Bundles the doors into dist/. `--check` writes nothing and fails where a byte differs from what
 * is committed.
 */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { notices } from './notices.ts';

const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/**
 * Takes of the packages of `@actions` what is used. Their OpenID client, which nobody here calls, brings
 * undici: 410 KB that every start would read. None of their files does anything when it is loaded, and
 * their package.json does not say so.
 */
const actionsAsUsed: Plugin = {
  name: 'actions-as-used',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^(?:\.|@actions\/)/ }, async ({ path, pluginData, ...from }) => {
      // Asked again below: esbuild itself is to answer.
      if (pluginData === actionsAsUsed) return undefined;
      const found = await resolve(path, { ...from, pluginData: actionsAsUsed });
      return found.path.includes('/node_modules/@actions/')
        ? { ...found, sideEffects: false }
        : undefined;
    });
  },
};

/**
 * Takes Node's own modules by `require`. An `import` reads every getter that a module has, and some of
 * those load what nobody asked for: one of `node:http` is Node's undici, 13 ms of 18.
 */
const nodeByRequire: Plugin = {
  name: 'node-by-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?[a-z/]+$/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path)
        ? { path, namespace: 'node-by-require' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'node-by-require' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/** The files of dist/, by name. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles, metafile } = await build({
    entryPoints: ['src/cli.ts', 'src/main.ts'],
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    banner: { js: BANNER },
    plugins: [actionsAsUsed, nodeByRequire],
    // What node-fetch falls back on where Node has no streams of the web: it has had them since 18.
    alias: { 'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web' },
    metafile: true,
    logLevel: 'warning',
  });
  return new Map([
    ...outputFiles.map(({ path, text }) => [basename(path), text] as const),
    ['NOTICES.txt', await notices(bundled(metafile))],
    // dist/ runs wherever it is copied to, without the package.json above it.
    ['package.json', '{ "type": "module" }\n'],
  ]);
}

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
