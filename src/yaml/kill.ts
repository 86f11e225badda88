/** A top-level `kill: true` as a line of its own; either may be quoted, the space forgotten. */
const KILL_LINE = /^(["']?)kill\1[ \t]*:[ \t]*(["']?)([^"'#]*?)\2[ \t]*(?:[ \t]#.*)?$/;

/** `kill: yes` is no boolean, and yet says what somebody in a hurry wants: off. */
export function meansKill(word: string): boolean {
  return /^(?:true|yes|y|on|1)$/i.test(word);
}

/**
 * Whether a file that does NOT parse still says `kill: true` at column 0.
 *
 * `kill: true` is obeyed even where the rest of the file is invalid, half-merged or broken by the
 * very edit that set it. Without a parse this is a guess, and it errs towards switching off. Ask
 * it only about files that do not parse: of the others, read the value.
 */
export function looksKilled(text: string): boolean {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .some((line) => meansKill(KILL_LINE.exec(line)?.[3] ?? ''));
}

/**
 * What a file that does NOT parse seems to say for a key at column 0: the word on its line, without
 * its quotes. A guess, like {@link looksKilled}.
 */
export function topLevelWord(text: string, key: string): string | undefined {
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const [, name, , word] =
      /^["']?(\w+)["']?[ \t]*:[ \t]*(["']?)([\w.-]+)\2[ \t]*(?:#.*)?$/.exec(line) ?? [];
    if (name === key) return word;
  }
  return undefined;
}
