/**
 * Bundles the doors into dist/. `--check` builds elsewhere and fails where a byte differs from what
 * is committed.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { notices } from './notices.ts';

const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

async function bundle(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { cli: 'src/cli.ts' },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    chunkNames: 'chunk-[hash]',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'warning',
  });
  await writeFile(join(outdir, 'NOTICES.txt'), await notices(Object.keys(metafile.inputs)));
  // dist/ runs wherever it is copied to, without the package.json above it.
  await writeFile(join(outdir, 'package.json'), '{ "type": "module" }\n');
}

async function contents(dir: string): Promise<Map<string, string>> {
  const names = await readdir(dir).catch(() => []);
  const files = names.map(
    async (name) => [name, await readFile(join(dir, name), 'latin1')] as const,
  );
  return new Map(await Promise.all(files));
}

if (process.argv.includes('--check')) {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-dist-'));
  await bundle(dir);
  const [built, committed] = [await contents(dir), await contents('dist')];
  const names = new Set([...built.keys(), ...committed.keys()]);
  const different = [...names].filter((name) => built.get(name) !== committed.get(name));
  await rm(dir, { recursive: true });
  if (different.length > 0) {
    process.stderr.write(
      `dist/ is not what src/ builds: ${different.join(', ')}. Run: npm run build\n`,
    );
    process.exitCode = 1;
  } else {
    process.stdout.write('dist/ is what src/ builds, byte for byte\n');
  }
} else {
  await bundle('dist');
}
