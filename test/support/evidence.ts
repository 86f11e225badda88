import { provenTrailers, readTrailers } from '../../src/tell/commit.ts';

/** Whether every trailer's digest is that of a section of the same message. */
export function evidenceHolds(message: string): boolean {
  const trailers = readTrailers(message);
  return trailers.length > 0 && provenTrailers(message).length === trailers.length;
}
