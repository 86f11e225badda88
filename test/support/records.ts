import { isDeepStrictEqual } from 'node:util';
import { recompute } from '../../src/decide/evidence-record.ts';
import { readRecord } from '../../src/decide/record-file.ts';
import { digest } from '../../src/tell/text.ts';

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\n';

/** An evidence record as a commit message names it. */
export interface NamedRecord {
  readonly path: string;
  readonly digest: string;
}

/** The records that a commit message names, read without the code that wrote them. */
export function recordsNamedIn(message: string): readonly NamedRecord[] {
  return message.split('\n').flatMap((line) => {
    const [, path, digest] = /^ {2}Evidence: (.+) (sha256:\w{64})$/.exec(line) ?? [];
    return path && digest ? [{ path, digest }] : [];
  });
}

/**
 * What is wrong with a record, or nothing: it must have the digest that its commit names, and come to
 * the same verdicts and decision when it is judged and decided again.
 */
export function recordFault(text: string | undefined, named: NamedRecord): string | undefined {
  if (text === undefined) return `there is no ${named.path}`;
  // Git LFS keeps the file elsewhere, by the same digest.
  if (text.startsWith(LFS_POINTER)) {
    return text.includes(`\noid ${named.digest}\n`)
      ? undefined
      : `${named.path} points at another file`;
  }
  if (digest(text) !== named.digest) return `${named.path} does not have the digest that is named`;
  const record = readRecord(text);
  const again = recompute(record);
  if (!isDeepStrictEqual(again.decision, record.decision)) {
    return `${named.path} says ${JSON.stringify(record.decision)}, and comes to ${JSON.stringify(again.decision)}`;
  }
  const withoutPoints = again.verdicts.map(({ evidence, ...rest }) => ({
    ...rest,
    evidence: { ...evidence, points: [] },
  }));
  return isDeepStrictEqual(withoutPoints, record.verdicts)
    ? undefined
    : `${named.path} comes to other verdicts than it has`;
}

/** Files as they are but for records, which differ from run to run by the time that is in them. */
export const withoutRecords = (
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      path.endsWith('.evidence.json') ? '<record>' : text,
    ]),
  );

/** What is wrong with the records that the commits of a repository name, on any of its branches. */
export async function recordFaults(
  git: (...args: readonly string[]) => Promise<string>,
): Promise<readonly string[]> {
  const log = await git('log', '--all', '--format=%H%n%B%x00');
  const faults: string[] = [];
  for (const entry of log.split('\0')) {
    const commit = entry.trim().slice(0, 40);
    for (const named of recordsNamedIn(entry)) {
      // `git` in tests cuts the last newline off, which the file has.
      const text = `${await git('cat-file', 'blob', `${commit}:${named.path}`)}\n`;
      const fault = recordFault(text, named);
      if (fault !== undefined) faults.push(`${commit}: ${fault}`);
    }
  }
  return faults;
}
