import type {
  AnswerTo,
  Question,
  SeriesAnswer,
  SeriesQuestion,
  Unavailable,
  ValueQuestion,
} from '../model/measurement.ts';

/** Looks up what a provider answered to a question. */
export type Lookup = <Q extends Question>(question: Q) => AnswerTo<Q>;

/** What was answered about a number, now or over time; a number as it is now is one look. */
export function readLooks(
  question: ValueQuestion | SeriesQuestion,
  answers: Lookup,
): SeriesAnswer | Unavailable {
  if (question.kind === 'series') return answers(question);
  const answer = answers(question);
  if (answer.kind === 'unavailable') return answer;
  const { value, warnings } = answer;
  const points = value === undefined ? [] : [{ at: question.at, value }];
  return { kind: 'series', points, warnings };
}

/** The number that was answered, or `undefined` where there is none that is finite. */
export function readNumber(
  question: ValueQuestion | undefined,
  answers: Lookup,
): number | undefined {
  if (question === undefined) return undefined;
  const answer = answers(question);
  const value = answer.kind === 'value' ? answer.value : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The newest value of a series, or `undefined`. */
export function latest(series: SeriesAnswer | Unavailable): number | undefined {
  return series.kind === 'series' ? series.points.at(-1)?.value : undefined;
}
