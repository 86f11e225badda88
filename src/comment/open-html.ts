import createParser from 'markdown-it';

/** Elements that show what is in them as code, struck out, folded away, quoted, or in a table or list. */
const SET_APART: ReadonlySet<string> = new Set(
  'blockquote code del details dl kbd ol pre q s samp strike table template tt ul var'.split(' '),
);

/** The tags of such elements that are open. */
export interface OpenTags {
  read(tag: string): void;
  none(): boolean;
}

export function openTags(): OpenTags {
  const depths = new Map<string, number>();
  return {
    read(tag) {
      const [, close, written = ''] = /^<(\/?)([a-z]+)/i.exec(tag) ?? [];
      const name = written.toLowerCase();
      if (!SET_APART.has(name)) return;
      depths.set(name, Math.max(0, (depths.get(name) ?? 0) + (close ? -1 : 1)));
    },
    none: () => [...depths.values()].every((depth) => depth === 0),
  };
}

/**
 * Whether a block of HTML ends inside a comment or a quoted attribute: a browser takes all that
 * follows for the rest of it, for Markdown writes neither `-->` nor a quote as such.
 */
export function swallowsRest(html: string): boolean {
  let at = 0;
  for (;;) {
    at = html.indexOf('<', at);
    if (at < 0) return false;
    if (html.startsWith('<!--', at)) {
      // `<!-->` is all of a comment.
      at = html.indexOf('-->', at + 2);
    } else if (/^[a-z/]/i.test(html.charAt(at + 1))) {
      at = tagEnd(html, at);
    }
    if (at < 0) return true;
    at += 1;
  }
}

/** Where a tag ends, or -1 inside a quoted attribute. A tag that is not closed ends with the text. */
function tagEnd(html: string, start: number): number {
  let at = start;
  let before = '';
  while (at < html.length && html[at] !== '>') {
    const character = html.charAt(at);
    if (before === '=' && (character === '"' || character === "'")) {
      at = html.indexOf(character, at + 1);
      if (at < 0) return -1;
    }
    if (character.trim() !== '') before = character;
    at += 1;
  }
  return at;
}

const TAGS = createParser('zero', { html: true }).enable('html_inline');

/** The tags in a block of HTML. */
export function tagsIn(html: string): readonly string[] {
  const [inline] = TAGS.parseInline(html, {});
  return (inline?.children ?? [])
    .filter(({ type }) => type === 'html_inline')
    .map(({ content }) => content);
}
