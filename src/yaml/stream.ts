/** A stretch of a file that holds one document, its `---` included. */
export interface Part {
  readonly text: string;
  /** How many lines of the file stand before it. */
  readonly linesBefore: number;
}

/** `---` at the start of a line always begins a document: YAML 1.2.2, 9.1.2, lets no scalar hold it there. */
const MARKER = /(?<=^|[\r\n])---(?=[ \t\r\n]|$)/g;

/**
 * Cuts a file at its document markers. Put together again, the parts are the file, byte for byte.
 * What stands before the first `---` is a part of its own only where it is more than comments and
 * blank lines: those belong to the document after them.
 */
export function cutDocuments(text: string): readonly Part[] {
  const starts = [...text.matchAll(MARKER)].map(({ index }) => index);
  const opening = text.slice(0, starts[0] ?? text.length);
  const lines = opening.replace(/^\uFEFF/, '').split(/[\r\n]+/);
  const isTrivia = lines.every((line) => /^[ \t]*(?:#|$)/.test(line));
  const cuts = isTrivia && starts.length > 0 ? [0, ...starts.slice(1)] : [0, ...starts];
  let linesBefore = 0;
  return [...new Set(cuts)].map((start, i, all) => {
    const part = { text: text.slice(start, all[i + 1] ?? text.length), linesBefore };
    linesBefore += part.text.match(/\r\n|\r|\n/g)?.length ?? 0;
    return part;
  });
}
