import { defined } from '../../defined.ts';
import type { Oid } from '../../model/head.ts';
import { ForgeError } from '../error.ts';
import type { FileBeforeAfter } from '../forge.ts';
import { decode } from '../text.ts';
import { assertOid, assertPath } from './names.ts';
import type { Git } from './process.ts';

/**
 * What commits did to a file each, against their first parents: one process, however many they are.
 * The first commit of a shallow clone has nothing before it.
 */
export async function editsOf(
  git: Git,
  touched: readonly { readonly oid: Oid; readonly path: string }[],
): Promise<readonly FileBeforeAfter[]> {
  for (const { oid, path } of touched) {
    assertOid(oid);
    assertPath(path);
  }
  // A name with a newline cannot be asked for by line, and no flag has one.
  const asked = touched.filter(({ path }) => !path.includes('\n'));
  if (asked.length === 0) return touched.map(() => ({}));
  const output = await git.output(['cat-file', '--batch'], {
    input: asked.map(({ oid, path }) => `${oid}^:${path}\n${oid}:${path}\n`).join(''),
  });
  const texts = [...batch(output)].map((bytes) => bytes && decode(bytes));
  const found = new Map(asked.map((each, i) => [each, [texts[2 * i], texts[2 * i + 1]] as const]));
  return touched.map((each) => {
    const [before, after] = found.get(each) ?? [];
    return {
      ...defined({ before, after }),
    };
  });
}

/** What `cat-file --batch` printed, an object each; `undefined` for a blob that is not there. */
function* batch(output: Buffer): Generator<Buffer | undefined> {
  for (let at = 0; at < output.length; ) {
    const start = output.indexOf(0x0a, at) + 1;
    const header = output.toString('latin1', at, start - 1);
    if (header.endsWith(' missing')) {
      yield undefined;
      at = start;
      continue;
    }
    const [, type, size] = header.split(' ');
    const end = start + Number(size);
    if (!(end >= start)) {
      throw new ForgeError('git-failed', `git said ${header} of an object. Run git fsck.`);
    }
    yield type === 'blob' ? output.subarray(start, end) : undefined;
    at = end + 1;
  }
}
