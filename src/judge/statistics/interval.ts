/** A range that an estimate's true value lies in, at the confidence that it was asked for. */
export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
}

/** A p-value for each question that can be asked of a difference between B and A. */
export interface PValues {
  /** Are they different? */
  readonly twoSided: number;
  /** Is B above A? */
  readonly above: number;
  /** Is B below A? */
  readonly below: number;
}
