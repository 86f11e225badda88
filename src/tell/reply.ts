import { prose } from './markdown.ts';
import type { Reply } from './report.ts';
import { statusTable } from './summary.ts';

const MARKS = { done: '🚀', nothing: 'ℹ️', refused: '👎', failed: '❌', ignored: 'ℹ️' } as const;

/** The answer to a command as Markdown: what happened or why nothing did, and what is next. */
export function replyText(reply: Reply): string {
  const { kind, text, next, commit, warnings = [], standing } = reply;
  if (standing) {
    const status = statusTable(standing);
    return next ? `${status}\n\n⚠️ ${sentence(next)}` : status;
  }
  if (kind === 'shown') return `\`\`\`text\n${text}\n\`\`\``;
  // What was done is named as its commit is.
  const what = kind === 'done' ? `Done: ${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
  const parts = [`${MARKS[kind]} **${sentence(what)}**${commit ? ` (${commit})` : ''}`];
  if (next) parts.push(sentence(next));
  parts.push(...warnings.map((warning) => `⚠️ ${sentence(warning)}`));
  return parts.join('\n\n');
}

/** Begins with a capital letter, unless with a name, and ends like a sentence. */
function sentence(text: string): string {
  const shown = prose(text, 2000);
  const capital = /^[a-z]+ /.test(shown) ? shown.charAt(0).toUpperCase() + shown.slice(1) : shown;
  return /[.?!:)]$/.test(capital) ? capital : `${capital}.`;
}
