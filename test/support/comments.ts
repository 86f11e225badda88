/** What a comment is, and the comment. In each, `/rollout kill x` begins a line of the source. */
export type Example = readonly [what: string, comment: string];

const COMMAND = '/rollout kill x';

/** Comments in which a reader sees the command as plain text at the beginning of a line. */
export const SHOWN: readonly Example[] = [
  ['alone', COMMAND],
  ['after a sentence', `Looks bad.\n${COMMAND}`],
  ['after blanks', `   ${COMMAND}`],
  ['in a line that goes on from the one before, however far in', `Well then,\n        ${COMMAND}`],
  ['after a hard break', `Well then.\\\n${COMMAND}`],
  ['after another hard break', `Well then.  \n${COMMAND}`],
  ['above a signature, which makes it a heading', `${COMMAND}\n--\nAda`],
  ['above a rule', `${COMMAND}\n\n---`],
  ['below a heading', `# Incident\n${COMMAND}`],
  ['in bold', `**All:\n${COMMAND}\nnow**`],
  ['after a quote and a blank line', `> Really?\n\n${COMMAND}`],
  ['after a quote that ends in code', `> \`\`\`\n> log\n> \`\`\`\n${COMMAND}`],
  ['after a list and a blank line', `- one\n- two\n\n${COMMAND}`],
  ['after a block of code', `\`\`\`\nlog\n\`\`\`\n${COMMAND}`],
  ['after a table and a blank line', `a | b\n--- | ---\nc | d\n\n${COMMAND}`],
  ['after a hidden comment', `<!-- a template -->\n${COMMAND}`],
  ['after a definition', `[log]: https://log.example\n${COMMAND}`],
  ['after a folded part', `<details>\n\nlog\n\n</details>\n\n${COMMAND}`],
  ['after code in HTML', `Try <code>a</code>:\n${COMMAND}`],
  ['after a backtick without another', `It's a \` mark\n${COMMAND}`],
  ['after an angle without another', `rate <b\n\n${COMMAND}`],
  ['in a block of text that HTML aligns', `<div align="center">\n\n${COMMAND}\n\n</div>`],
];

/** Comments in which it is shown as something else, or not at all. */
export const NOT_SHOWN: readonly Example[] = [
  ['in a block of code', `\`\`\`\n${COMMAND}\n\`\`\``],
  ['in a block of code that is not closed', `~~~\n${COMMAND}`],
  [
    'in a block of code in a list',
    `- \`\`\`
  ${COMMAND}
  \`\`\``,
  ],
  ['indented like code', `Say:\n\n    ${COMMAND}`],
  ['in code over several lines', `Say \`\n${COMMAND}\n\` now`],
  ['in code of two backticks', `Say \`\`a \`\n${COMMAND}\n\`\` now`],
  ['in code in a list', `- Say \`\n  ${COMMAND}\n  \` now`],
  ['in a hidden comment', `<!--\n${COMMAND}\n-->`],
  ['in a hidden comment that is not closed', `<!--\n${COMMAND}`],
  ['in a hidden comment after text', `Fine <!--\n${COMMAND}\n-->`],
  ['in a hidden comment in a list', `- Fine <!--\n  ${COMMAND}\n  -->`],
  ['in a hidden comment in a quote', `> Fine <!--\n${COMMAND}\n-->`],
  ['in CDATA', `<![CDATA[\n${COMMAND}\n]]>`],
  ['in CDATA after text', `Fine <![CDATA[\n${COMMAND}\n]]>`],
  ['in a processing instruction', `<?php\n${COMMAND}\n?>`],
  ['in a processing instruction after text', `Fine <?php\n${COMMAND}\n?>`],
  ['in a declaration', `<!DOCTYPE html\n${COMMAND}\n>`],
  ['in a declaration after text', `Fine <!DOCTYPE html\n${COMMAND}\nhtml>`],
  ['in an attribute', `Fine <b title="\n${COMMAND}\n">`],
  ['in an attribute at the beginning', `<b title="\n${COMMAND}\n">Fine</b>`],
  ['in an attribute in a list', `- Fine <b title='\n  ${COMMAND}\n  '>`],
  ['in a block of HTML', `<div>\n${COMMAND}\n</div>`],
  ['in HTML that keeps what it holds', `<pre>\n\n${COMMAND}\n\n</pre>`],
  ['in a script', `<script>\n\n${COMMAND}\n</script>`],
  ['in a style', `<style>\n\n${COMMAND}\n</style>`],
  ['in a field', `<textarea>\n${COMMAND}\n</textarea>`],
  ['in any element', `<x-log>\n${COMMAND}\n</x-log>`],
  ['in the title of a definition', `[x]: https://a.example "\n${COMMAND}\n"`],
  ['in the title of a definition of a script', `[x]: javascript:x '\n${COMMAND}\n'`],
  ['in the label of a definition', `[x\n${COMMAND}\n]: https://a.example`],
  ['in the text of a link', `See [this\n${COMMAND}](https://a.example)`],
  ['in the title of a link', `See [this](https://a.example "\n${COMMAND}\n")`],
  ['in the text of an image', `See ![this\n${COMMAND}](https://a.example/p.png)`],
  ['in a quote', `> ${COMMAND}`],
  ['in a quote that goes on without its mark', `> Really?\n${COMMAND}`],
  ['in a quote that goes on after a definition', `> [x]: https://a.example\n${COMMAND}`],
  ['in a quote that goes on after a mark far in', `> Really?\n    >\n${COMMAND}`],
  ['in a list', `- ${COMMAND}`],
  ['in a list that goes on', `- Like this:\n${COMMAND}`],
  ['in a list that goes on after something far in', `-    Like this:\n\t> a\n${COMMAND}`],
  ['in a numbered list', `1. Like this:\n   ${COMMAND}`],
  ['in a footnote', `[^1]: Like this:\n${COMMAND}`],
  ['in a footnote that looks like a definition', `[^1]: https://a.example\n${COMMAND}`],
  ['in a paragraph of a footnote', `[^1]: Like this:\n\n    ${COMMAND}`],
  ['in a table', `a | b\n--- | ---\n${COMMAND}`],
  ['in a table of one column', `a\n| --- |\n${COMMAND}`],
  ['struck out', `~~No:\n${COMMAND}~~`],
];

/** The same, where the parser alone does not say so. */
export const SET_APART: readonly Example[] = [
  ['in a folded part', `<details><summary>Log</summary>\n\n${COMMAND}\n\n</details>`],
  ['in a quote of HTML', `<blockquote>\n\n${COMMAND}\n\n</blockquote>`],
  ['in code of HTML', `Say <code>\n${COMMAND}\n</code>`],
  ['in code of HTML over paragraphs', `<code>\n\n${COMMAND}\n\n</code>`],
  ['in a table of HTML', `<table><tr><td title="</table>">\n\n${COMMAND}\n\n</td></tr></table>`],
  ['struck out by HTML', `<del>\n\n${COMMAND}\n\n</del>`],
  ['in a heading that was meant as one', `# ${COMMAND}`],
  ['after the beginning of a hidden comment', `Fine <!--\n${COMMAND}`],
  ['in a formula', `$$\n${COMMAND}\n$$`],
];
