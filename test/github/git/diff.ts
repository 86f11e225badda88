import type { BareRepository } from './bare.ts';

export interface ChangedFile {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  readonly filename: string;
  readonly previous?: string;
  /** The blob after the change; before it, where the file was removed. */
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
  /** Its hunks; nothing for a binary file or a mere rename. */
  readonly patch?: string;
}

const STATUS: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** The empty tree, which a root commit is compared with. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** What changed between two commits or trees, renames found, as a pull request lists it. */
export async function diff(
  repository: BareRepository,
  from: string,
  to: string,
): Promise<readonly ChangedFile[]> {
  const common = ['diff', '--no-ext-diff', '--no-color', '-M', '--full-index'];
  const [raw, counts, text] = await Promise.all([
    repository.git(...common, '--raw', '--abbrev=40', '-z', from, to),
    repository.git(...common, '--numstat', '-z', from, to),
    repository.git(...common, '-p', from, to),
  ]);
  const lines = numbers(counts);
  // Both listings come in the same order, one part a file.
  const patches = text === '' ? [] : text.split(/^(?=diff --git )/m);
  return changes(raw).map((change, index) => {
    const hunks = /^@@ [\s\S]*/m.exec(patches[index] ?? '')?.[0];
    const [additions, deletions] = lines[index] ?? [0, 0];
    return {
      ...change,
      additions,
      deletions,
      ...(hunks === undefined ? {} : { patch: hunks.replace(/\n$/, '') }),
    };
  });
}

function changes(raw: string): readonly Omit<ChangedFile, 'additions' | 'deletions' | 'patch'>[] {
  const found: Omit<ChangedFile, 'additions' | 'deletions' | 'patch'>[] = [];
  const parts = raw.split('\0');
  for (let at = 0; at + 1 < parts.length; ) {
    const [, , before = '', after = '', letter = 'M'] = (parts[at] ?? '').split(' ');
    const status = STATUS[letter.charAt(0)] ?? 'changed';
    const two = status === 'renamed' || status === 'copied';
    const first = parts[at + 1] ?? '';
    found.push({
      status,
      filename: two ? (parts[at + 2] ?? '') : first,
      ...(two ? { previous: first } : {}),
      oid: status === 'removed' ? before : after,
    });
    at += two ? 3 : 2;
  }
  return found;
}

function numbers(counts: string): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  const parts = counts.split('\0');
  for (let at = 0; at < parts.length; at++) {
    const match = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(parts[at] ?? '');
    if (match === null) continue;
    // `-` is a binary file. A rename has no path here but its two in the next parts.
    found.push([Number(match[1]) || 0, Number(match[2]) || 0]);
    if (match[3] === '') at += 2;
  }
  return found;
}
