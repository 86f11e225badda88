import { spawnSync } from 'node:child_process';
import { ensurePackage } from './debian.ts';

const EXTENSIONS = ['footnotes', 'table', 'strikethrough', 'autolink', 'tasklist'];

/** Makes sure of GitHub's own Markdown parser, as Debian packages it. */
export const ensureCmark = (): Promise<void> =>
  ensurePackage('cmark-gfm', ['cmark-gfm', '--version']);

/**
 * What begins a line of a comment as plain text, by GitHub's parser: the text from there to the next
 * markup, in paragraphs and headings that are in nothing else. Bold and italics are plain text.
 */
export function textAtLineStarts(comment: string): readonly string[] {
  const options = [...EXTENSIONS.flatMap((name) => ['-e', name]), '--unsafe', '-t', 'xml'];
  const { stdout, status } = spawnSync('cmark-gfm', options, { input: comment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cmark-gfm exited with ${status}`);
  // What is in nothing else is indented by two.
  const blocks = stdout.matchAll(/^ {2}<(paragraph|heading)\b[^>]*>\n([\s\S]*?)^ {2}<\/\1>/gm);
  return [...blocks].flatMap(([, , inlines = '']) => {
    const starts: string[] = [];
    let [begins, inside] = [true, 0];
    for (const [, text, ends, name] of inlines.matchAll(
      /<text [^>]*>([^<]*)<\/text>|<(\/?)([a-z_]+|<unknown>)\b/g,
    )) {
      if (text !== undefined) {
        if (begins && inside === 0) starts.push(text);
        begins = false;
      } else if (name === 'softbreak' || name === 'linebreak') {
        begins = true;
      } else if (name === 'link' || name === 'image' || name === 'strikethrough') {
        inside += ends ? -1 : 1;
        begins = false;
      } else if (name !== 'emph' && name !== 'strong') {
        begins = false;
      }
    }
    return starts;
  });
}
