import type { Duration, Instant } from '../time.ts';

/** One number at one moment. `value` may be NaN or infinite: the provider says what it was told. */
export interface Point {
  readonly at: Instant;
  readonly value: number;
}

/** The moments `from`, `from + step`, … up to and including `to`. */
export interface Grid {
  readonly from: Instant;
  readonly to: Instant;
  readonly step: Duration;
}

/** How many intervals a grid has: from each of its moments to the next. */
export const intervalCount = ({ from, to, step }: Grid): number => Math.floor((to - from) / step);

/**
 * What a provider is asked. What it is asked about is a query of the config whose placeholders are
 * filled in: a text that only the provider understands.
 */
export type Question =
  | ValueQuestion
  | SeriesQuestion
  | IncrementsQuestion
  | BucketsQuestion
  | MatchedQuestion;

/** One number, as it is at one moment. */
export interface ValueQuestion {
  readonly kind: 'value';
  readonly query: string;
  readonly at: Instant;
}

/** A number over time: as it is at each moment of a grid. */
export interface SeriesQuestion extends Grid {
  readonly kind: 'series';
  readonly query: string;
}

/**
 * How much was counted in each interval of a grid: events, totals, sums. All queries of one question
 * are answered as of the same moments: both arms, events and totals.
 */
export interface IncrementsQuestion extends Grid {
  readonly kind: 'increments';
  readonly queries: readonly string[];
}

/** How much each bucket of some histograms counted in each interval of a grid. */
export interface BucketsQuestion extends Grid {
  readonly kind: 'buckets';
  readonly queries: readonly string[];
}

/** Whether what a query selects was there at any moment of a while, whatever some of its labels said. */
export interface MatchedQuestion {
  readonly kind: 'matched';
  readonly query: string;
  readonly from: Instant;
  readonly to: Instant;
  /** Values in the query, as it has them, that may be any other: the flag and its variants. */
  readonly anyOf: readonly string[];
}

/** What a provider answers: in the kind of the question, or why it cannot. */
export type Answer =
  | ValueAnswer
  | SeriesAnswer
  | IncrementsAnswer
  | BucketsAnswer
  | MatchedAnswer
  | Unavailable;

/** What may be answered to one kind of question. */
export type AnswerTo<Q extends Question> = Extract<Answer, { kind: Q['kind'] }> | Unavailable;

/** Whether an answer is one to this kind of question. */
export const isAnswerTo = <Q extends Question>(
  question: Q,
  answer: Answer,
): answer is AnswerTo<Q> => answer.kind === question.kind || answer.kind === 'unavailable';

interface Answered {
  /** What the provider warned of, its own words shortened. */
  readonly warnings: readonly string[];
}

export interface ValueAnswer extends Answered {
  readonly kind: 'value';
  /** Absent when the query found nothing. */
  readonly value?: number;
}

export interface SeriesAnswer extends Answered {
  readonly kind: 'series';
  /** In order of time, each at a moment that was asked about; empty when the query found nothing. */
  readonly points: readonly Point[];
}

export interface IncrementsAnswer extends Answered {
  readonly kind: 'increments';
  /** Of each query, in the order of the question. */
  readonly found: readonly Increments[];
}

export interface BucketsAnswer extends Answered {
  readonly kind: 'buckets';
  /** The buckets of each query, in the order of the question; none when it found nothing. */
  readonly found: readonly (readonly BucketIncrements[])[];
}

export interface MatchedAnswer extends Answered {
  readonly kind: 'matched';
  readonly matched: boolean;
}

/**
 * How much was counted in the intervals in which anything was. Days of a check are thousands of
 * intervals, so they are kept in columns.
 */
export interface Growth {
  /** Which intervals of the grid, from 0, in order of time. */
  readonly places: Int32Array;
  /** How much in each of them. */
  readonly by: Float64Array;
}

/** What one query counted. */
export interface Increments extends Growth {
  /** Whether there is anything that counts; it may have counted nothing. */
  readonly seen: boolean;
  /** The newest that was seen of some counter is not a count: NaN, infinite or below zero. */
  readonly broken?: boolean;
}

/** What one bucket of a histogram counted: all that was at most its bound. */
export interface BucketIncrements extends Growth {
  /** Absent when what was found is not a bucket. */
  readonly le?: number;
}

/** Why a provider gave no answer. Each is a named reason for a hold, never a pass and never a crash. */
export type UnavailableReason =
  | 'unreachable' // no connection, DNS, TLS, connection cut
  | 'timeout'
  | 'too-large'
  | 'redirected'
  | 'insecure' // plain http where https is due
  | 'missing-credential' // the environment variable it names is not set
  | 'http-error' // an HTTP status that is not a success
  | 'query-error' // the provider understood the request and refuses the query
  | 'not-a-counter' // the query makes something else of the counters that are asked for
  | 'malformed' // not JSON, or not the provider's format
  | 'wrong-type' // something else than the numbers that were asked for
  | 'several-series' // more than one series where one was expected
  | 'wrong-time' // an answer, but about another moment
  | 'partial' // an answer, but from only some of what holds the data
  | 'not-asked' // it left the questions before this one without an answer, or used its time up
  | 'internal'; // the provider itself failed: a bug of ours

export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: UnavailableReason;
  /** One sentence: endpoint (no credentials), what happened, what to do next. */
  readonly detail: string;
}

/** Where samples come from. */
export interface MetricsProvider {
  readonly name: string;
  /** How often it looks at the services it measures, if its config says. */
  readonly sampledEvery?: Duration;
  /** How late it has what happened, if its config says. */
  readonly delay?: Duration;
  /** The most questions it is asked in one go; one unless it says so. */
  readonly atOnce?: number;
  /**
   * Answers questions, in their order. It never throws for anything the far side can do: then each
   * question that has no answer has a reason.
   */
  ask(questions: readonly Question[]): Promise<readonly Answer[]>;
  /** Writes a value into a query so that it stays one value there and cannot become anything else. */
  escape(value: string): string;
}
