/**
 * Globs of rollout files. `*` is any number of characters of a name, `?` is one, `[a-z]` one of
 * those and `[^a-z]` one of the others; `**` is any number of folders; `{a,b}` is either. A dot at
 * the beginning of a name is never a star's or a question mark's. A backslash takes the next
 * character as it is.
 *
 * A pull request may bring a glob, and names to try it on. A regular expression made of it could
 * try every way to match; here a step of the glob meets a character of the path at most once.
 */
interface Glob {
  /** The names between its slashes. */
  readonly names: readonly (Name | 'folders')[];
}

type Name = readonly Piece[];

/** What one character of a name has to be, or any number of any characters. */
type Piece = 'any-number' | { readonly takes: (character: string) => boolean };

/** Why a glob cannot be read. The sentence follows "the glob". */
export class GlobError extends Error {}

/** So many globs without braces may one be. */
const MAX_ALTERNATIVES = 64;

/**
 * Tells the paths that a glob matches.
 *
 * @throws GlobError for what is outside of the language above.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const globs = alternatives(glob).map(readGlob);
  return (path) => {
    const names = path.split('/');
    return globs.some((each) => placesAfter(each, names).has(each.names.length));
  };
}

/** Where the paths that a glob matches may lie. */
export interface GlobFolders {
  /** Folders with all of them below; '' is the top. A glob that matches nothing has none. */
  readonly roots: readonly string[];
  /** Whether a folder may have one below it. */
  readonly leadsTo: (folder: string) => boolean;
}

/** @throws GlobError as `compileGlob`. */
export function foldersOfGlob(glob: string): GlobFolders {
  const written = alternatives(glob);
  const globs = written.map(readGlob);
  return {
    roots: written.flatMap(rootOf),
    leadsTo: (folder) => {
      const names = folder === '' ? [] : folder.split('/');
      return globs.some((each) =>
        [...placesAfter(each, names)].some((place) => place < each.names.length),
      );
    },
  };
}

/** The names in front that stand for themselves. */
function rootOf(glob: string): readonly string[] {
  const names = glob.split('/').slice(0, -1);
  const end = names.findIndex((name) => /[*?[\\]/.test(name));
  const literal = end < 0 ? names : names.slice(0, end);
  // No path of a repository has such a name.
  return literal.some((name) => ['', '.', '..'].includes(name)) ? [] : [literal.join('/')];
}

/** The globs without braces that a glob stands for. */
function alternatives(glob: string): readonly string[] {
  if (glob.startsWith('!')) throw new GlobError('has a negation');
  if (/[()|]/.test(glob)) throw new GlobError('has a group');
  return withoutBraces(glob.startsWith('./') ? glob.slice(2) : glob);
}

/** All the places in the glob that some names may lead to. */
function placesAfter({ names: wanted }: Glob, names: readonly string[]): ReadonlySet<number> {
  let places = placesFrom(wanted, [0]);
  for (const name of names) {
    const next: number[] = [];
    for (const place of places) {
      const step = wanted[place];
      if (step === 'folders' && !name.startsWith('.')) next.push(place);
      if (Array.isArray(step) && matchesName(step, name)) next.push(place + 1);
    }
    if (next.length === 0) return new Set();
    places = placesFrom(wanted, next);
  }
  return places;
}

/** `**` may be no folder at all. */
function placesFrom(wanted: Glob['names'], places: readonly number[]): ReadonlySet<number> {
  const all = new Set(places);
  // A set is walked through in the order in which it grows.
  for (const place of all) if (wanted[place] === 'folders') all.add(place + 1);
  return all;
}

/**
 * Gives each star as few characters as it can do with, and where a later piece does not fit, the last
 * star one more: to give an earlier star more cannot help.
 */
function matchesName(pieces: Name, name: string): boolean {
  const [first] = pieces;
  if (name.startsWith('.') && (first === 'any-number' || first === QUESTION_MARK)) return false;
  let piece = 0;
  let at = 0;
  let star: { readonly after: number; taken: number } | undefined;
  while (at < name.length) {
    const wanted = pieces[piece];
    if (wanted === 'any-number') {
      piece += 1;
      star = { after: piece, taken: at };
    } else if (wanted?.takes(name.charAt(at))) {
      piece += 1;
      at += 1;
    } else if (star) {
      star.taken += 1;
      at = star.taken;
      piece = star.after;
    } else return false;
  }
  return pieces.slice(piece).every((rest) => rest === 'any-number');
}

/** A glob with `{a,b}` in it as one with `a` and one with `b`. */
function withoutBraces(glob: string): readonly string[] {
  const [before = '', ...opened] = glob.split('{');
  let globs = [before];
  for (const part of opened) {
    const [within = '', after, ...more] = part.split('}');
    if (after === undefined || more.length > 0 || !within.includes(',')) throw badBraces();
    globs = globs.flatMap((start) => within.split(',').map((each) => start + each + after));
    if (globs.length > MAX_ALTERNATIVES) {
      throw new GlobError(`is more than ${MAX_ALTERNATIVES} globs by its braces`);
    }
  }
  if (before.includes('}')) throw badBraces();
  return globs;
}

const badBraces = (): GlobError => new GlobError('has braces that are not as in {a,b}');

/** Reads a glob without braces. */
const readGlob = (glob: string): Glob => ({
  names: glob
    .split('/')
    .map((name, i, all) => (name === '**' && i < all.length - 1 ? 'folders' : readName(name))),
});

function readName(name: string): Name {
  const pieces: Piece[] = [];
  for (let at = 0; at < name.length; at += 1) {
    const character = name.charAt(at);
    if (character === '[') {
      const end = name.indexOf(']', at);
      pieces.push(oneOf(name.slice(at + 1, Math.max(end, at + 1)), name.charAt(end + 1)));
      at = end;
    } else if (character === '*') pieces.push('any-number');
    else if (character === '?') pieces.push(QUESTION_MARK);
    else if (character !== '\\' || at + 1 === name.length) pieces.push(literal(character));
    else {
      at += 1;
      pieces.push(literal(name.charAt(at)));
    }
  }
  return pieces;
}

const QUESTION_MARK: Piece = { takes: () => true };
const literal = (wanted: string): Piece => ({ takes: (character) => character === wanted });

/** `[a-z]` and `[^a-z]`, by what is written between the brackets, and what comes after them. */
function oneOf(within: string, after: string): Piece {
  const isNot = within.startsWith('^');
  const listed = isNot ? within.slice(1) : within;
  // An exclamation mark there, or a plus after it, means something to some readers of globs.
  if (listed === '' || /^!|[[\\]/.test(listed) || after === '+') {
    throw new GlobError('has brackets that are not as in [a-z]');
  }
  const ranges: (readonly [from: string, to: string])[] = [];
  for (let i = 0; i < listed.length; i += 1) {
    const isRange = listed.charAt(i + 1) === '-' && i + 2 < listed.length;
    ranges.push([listed.charAt(i), listed.charAt(isRange ? i + 2 : i)]);
    if (isRange) i += 2;
  }
  const isListed = (character: string): boolean =>
    ranges.some(([from, to]) => from <= character && character <= to);
  return { takes: (character) => isListed(character) !== isNot };
}
