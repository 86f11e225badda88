/** The largest file that is read, in bytes: compiled targets and recordings grow with the flags. */
export const LARGEST_FILE = 8 * 1024 * 1024;

// ignoreBOM keeps a byte order mark: what is written back must have it again.
const EXACT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that are UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return EXACT.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * What bytes that are not UTF-8 most likely say: UTF-16 where they begin with its mark, otherwise the
 * one byte a character that editors in the west still write. A guess: good enough to find a kill
 * switch by, and nothing else is to be believed of it.
 */
export function madeOut(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('windows-1252').decode(bytes);
}

/** What Git LFS keeps in place of a file begins with (https://github.com/git-lfs/git-lfs, docs/spec.md). */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\n';

/** Whether this is no file, but what Git LFS keeps in its place. */
export const isLfsPointer = (text: string): boolean => text.startsWith(LFS_POINTER);
