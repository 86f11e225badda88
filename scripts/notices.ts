import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The licences of the packages that a bundle contains, which minifying drops.
 *
 * @param inputs paths of the files that went into the bundle
 */
export async function notices(inputs: readonly string[]): Promise<string> {
  const packages = new Set(
    inputs.flatMap((path) => {
      const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1];
      return name ? [name] : [];
    }),
  );
  const sections = await Promise.all([...packages].sort().map(notice));
  return `${['This program contains the following packages.', ...sections].join('\n\n---\n\n')}\n`;
}

async function notice(name: string): Promise<string> {
  const dir = join('node_modules', name);
  const { version, license } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
  const file = (await readdir(dir)).sort().find((each) => /^licen[cs]e/i.test(each));
  const text = file ? (await readFile(join(dir, file), 'utf8')).trim() : '';
  return `${name} ${version} (${license})\n\n${text}`.trimEnd();
}
