import type { Move } from '../decide/move.ts';
import { MAX_RECORD_BYTES, writeRecord } from '../decide/record-file.ts';
import type { FileChange } from '../forge/forge.ts';
import { recordPath } from '../model/record-path.ts';
import { digest } from '../tell/text.ts';

/** As many bytes of records as one commit takes: with many moves, the first ones have theirs kept. */
const MAX_COMMIT_BYTES = 2 * 1024 * 1024;

/** Moves that know where their evidence is kept, and the files that it is kept in. */
export interface KeptEvidence<M extends Move> {
  readonly moves: readonly M[];
  readonly files: readonly FileChange[];
}

/** Writes the evidence of moves as files for the commit that makes them. */
export function keepEvidence<M extends Move>(moves: readonly M[]): KeptEvidence<M> {
  const files: FileChange[] = [];
  let bytes = 0;
  const kept = moves.map((move) => {
    if (move.of !== 'rollout' || !move.evidence) return move;
    if (bytes >= MAX_COMMIT_BYTES) return { ...move, kept: { leftOut: COMMIT_IS_FULL } };
    const text = writeRecord(move.evidence);
    if (text === undefined) return { ...move, kept: { leftOut: TOO_LARGE } };
    const path = recordPath(move.rollout.file);
    bytes += Buffer.byteLength(text);
    files.push({ path, text });
    return { ...move, kept: { path, digest: digest(text) } };
  });
  return { moves: kept, files };
}

const COMMIT_IS_FULL = `the records of the moves above take up the ${MAX_COMMIT_BYTES >> 20} MB that one commit may have`;
const TOO_LARGE = `its verdicts alone are larger than the ${MAX_RECORD_BYTES >> 10} KB that a record may have`;
