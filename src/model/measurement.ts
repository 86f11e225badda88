import type { Duration, Instant } from '../time.ts';

/** One number at one moment. `value` may be NaN or infinite: the provider says what it was told. */
export interface Point {
  readonly at: Instant;
  readonly value: number;
}

/** A resolved query: placeholders filled in, ready to be sent. */
export type Query = InstantQuery | RangeQuery;

/** The value of an expression at one moment. */
export interface InstantQuery {
  readonly kind: 'instant';
  readonly expression: string;
  readonly at: Instant;
}

/** The values of an expression at `from`, `from + step`, … up to and including `to`. */
export interface RangeQuery {
  readonly kind: 'range';
  readonly expression: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly step: Duration;
}

/**
 * The raw counters that some expressions select, at `from`, `from + step`, … up to and including
 * `to`, in one request: both arms, events and totals, as of the same moments.
 */
export interface CountersQuery {
  readonly kind: 'counters';
  /** Each may select any number of series. */
  readonly expressions: readonly string[];
  readonly from: Instant;
  readonly to: Instant;
  readonly step: Duration;
}

/**
 * One counter: how far it had counted at each moment it was seen. It falls when it is restarted. Days
 * of a check are thousands of moments, so they are kept in columns.
 */
export interface Counter {
  readonly labels: Readonly<Record<string, string>>;
  /** Which of the moments asked about, in order of time; those at which it was not seen are missing. */
  readonly places: Int32Array;
  readonly values: Float64Array;
}

/** Why a provider gave no series. Each is a named reason for a hold, never a pass and never a crash. */
export type UnavailableReason =
  | 'unreachable' // no connection, DNS, TLS, connection cut
  | 'timeout'
  | 'too-large'
  | 'redirected'
  | 'insecure' // plain http where https is due
  | 'missing-credential' // the environment variable it names is not set
  | 'http-error' // an HTTP status that is not a success
  | 'query-error' // the provider understood the request and refuses the query
  | 'malformed' // not JSON, or not the provider's format
  | 'wrong-type' // a matrix where a vector was due, a string, …
  | 'several-series' // more than one series where one was expected
  | 'wrong-time' // an answer, but about another moment
  | 'partial' // an answer, but from only some of what holds the data
  | 'not-asked' // it left the questions before this one without an answer, or used its time up
  | 'internal'; // the provider itself failed: a bug of ours

/** What a provider answered about counters. */
export type CountersAnswer =
  | {
      readonly kind: 'counters';
      /** The counters of each expression, in the order of the query. */
      readonly found: readonly (readonly Counter[])[];
      readonly warnings: readonly string[];
    }
  | Unavailable;

/** What a provider answered to one query. */
export type Answer =
  | {
      readonly kind: 'series';
      /** In order of time; empty when the query found nothing. One point for an instant query. */
      readonly points: readonly Point[];
      /** What the provider warned of, its own words shortened. */
      readonly warnings: readonly string[];
    }
  | Unavailable;

export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: UnavailableReason;
  /** One sentence: endpoint (no credentials), what happened, what to do next. */
  readonly detail: string;
}

/** Where samples come from. A provider never throws for anything the far side can do. */
export interface MetricsProvider {
  readonly name: string;
  query(query: Query): Promise<Answer>;
  counters(query: CountersQuery): Promise<CountersAnswer>;
  /** Writes a value into an expression between double quotes so that it stays one string literal. */
  escape(value: string): string;
}
