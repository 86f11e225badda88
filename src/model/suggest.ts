import { closest, distance } from 'fastest-levenshtein';

/** No known name has half as many characters, and what a file has for a name may be all of it. */
const MAX_LENGTH = 200;

/** The known name a person most likely meant, or `undefined` where none is near. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || written.length > MAX_LENGTH) return undefined;
  const candidate = closest(written.toLowerCase(), [...known]);
  // Two slips in a short word are another word; a third of a long one is still the same.
  const slips = distance(written.toLowerCase(), candidate);
  return slips <= Math.ceil(candidate.length / 3) ? candidate : undefined;
}

/** A hint for an unknown name: the nearest one, otherwise all there are. */
export function didYouMean(written: string, known: readonly string[]): string {
  const name = nearest(written, known);
  if (name !== undefined) return `did you mean \`${name}\`?`;
  if (known.length === 0) return 'none is defined';
  const shown = known.slice(0, 12).join(', ');
  return `there ${known.length === 1 ? 'is' : 'are'}: ${shown}${known.length > 12 ? ', …' : ''}`;
}
