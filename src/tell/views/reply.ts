import { oneLine } from '../../text.ts';
import type { Paint } from '../paint.ts';
import { replyText } from '../reply.ts';
import type { Reply } from '../report.ts';
import { replyFields, resultOf } from '../result.ts';
import { renderStatus } from '../status.ts';
import type { ExitCode, View } from '../view.ts';

/** A sentence of a reply is cut where it quotes more than people read. */
const LONGEST = 2000;

/**
 * The answer to a person's command.
 *
 * @param door a refusal is an answer to a comment; at a terminal it is a command that failed
 */
export const replyView = (reply: Reply, door: 'terminal' | 'comment'): View => ({
  text: (paint) => textOf(reply, paint),
  markdown: () => replyText(reply),
  json: resultOf('respond', replyFields(reply)),
  exit: door === 'terminal' ? EXITS[reply.kind] : reply.kind === 'failed' ? 1 : 0,
});

const EXITS: Readonly<Record<Reply['kind'], ExitCode>> = {
  ignored: 2,
  refused: 1,
  failed: 1,
  nothing: 0,
  done: 0,
  shown: 0,
};

function textOf(reply: Reply, paint: Paint): string {
  const { standing } = reply;
  if (standing) {
    const status = renderStatus(standing, paint);
    return reply.next === undefined
      ? status
      : `${status}\n\n${paint.yellow(oneLine(reply.next, LONGEST))}`.trimStart();
  }
  const commit = reply.commit === undefined ? '' : ` ${paint.dim(reply.commit.slice(0, 9))}`;
  const marks: Readonly<Record<Reply['kind'], string>> = {
    ignored: paint.dim('·'),
    refused: paint.red('✗'),
    failed: paint.red('✗'),
    nothing: paint.dim('·'),
    done: paint.green('✓'),
    shown: '',
  };
  const next = [...(reply.next === undefined ? [] : [reply.next]), ...(reply.warnings ?? [])]
    .map((line) => `\n  ${oneLine(line, LONGEST)}`)
    .join('');
  // Only what is shown is our own text of several lines.
  const text = reply.kind === 'shown' ? reply.text : oneLine(reply.text, LONGEST);
  return `${marks[reply.kind]} ${text}${commit}${next}`.trimStart();
}
