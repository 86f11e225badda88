/** A stretch of a text, and what to put in its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Puts splices that do not overlap into a text. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return result + text.slice(at);
}

/** A splice that only adds. */
export function insertion(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

/** A splice that only takes away. */
export function removal(start: number, end: number): Splice {
  return { start, end, text: '' };
}
