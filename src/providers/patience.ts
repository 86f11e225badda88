import type { MetricsProvider, Unavailable } from '../model/measurement.ts';
import { type Duration, MINUTE, SECOND } from '../time.ts';

/** So many questions without an answer, and none answered meanwhile, and it is asked no more. */
const UNANSWERED = 3;

/** The longest a provider is asked in one pass; the questions under way then are let finish. */
const LONGEST: Duration = 5 * MINUTE;

/**
 * Keeps a provider that hangs or crawls from holding up everybody else's pass: after a while it is
 * asked no more, and the rest of its questions are answered `not-asked` at once.
 *
 * It is given up where several questions timed out while nothing else was answered, for one dear
 * query among cheap ones is no server that is down; and where it has been asked for five minutes,
 * however many answers it gave. What it did answer stands.
 *
 * @param provider asked in one pass; the next pass opens another one and begins anew
 * @param clock milliseconds; only differences count
 */
export function withPatience(provider: MetricsProvider, clock: () => number): MetricsProvider {
  let begun: number | undefined;
  let answered = 0;
  let unanswered = 0;

  function impatience(): string | undefined {
    begun ??= clock();
    if (unanswered >= UNANSWERED) {
      return `it left ${UNANSWERED} questions before this one without an answer`;
    }
    return clock() - begun >= LONGEST
      ? `the questions before this one took it ${LONGEST / SECOND} s`
      : undefined;
  }

  return {
    ...provider,
    async ask(questions) {
      const why = impatience();
      if (why !== undefined) {
        const detail = `${provider.name} was not asked: ${why}; check its load, the next run asks again`;
        return questions.map(
          (): Unavailable => ({
            kind: 'unavailable',
            reason: 'not-asked',
            detail,
          }),
        );
      }
      const before = answered;
      const answers = await provider.ask(questions);
      const late = answers.every(
        (answer) => answer.kind === 'unavailable' && answer.reason === 'timeout',
      );
      if (!late) {
        answered += 1;
        unanswered = 0;
      } else if (answered === before) {
        unanswered += 1;
      }
      return answers;
    },
  };
}
