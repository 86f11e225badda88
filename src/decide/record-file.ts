import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseJson } from '../json.ts';
import { type CheckBasis, checkQuestions, splitQuestions } from '../judge/basis.ts';
import { trialQuestions } from '../judge/trials/plan.ts';
import { isMapping, type Json } from '../model/json.ts';
import { type Answer, intervalCount, type Question } from '../model/measurement.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { type EvidenceRecord, RecordError } from './evidence-record.ts';
import { pack, unpack } from './pack.ts';

/** Raised when a record can no longer be read as before. */
export const RECORD_VERSION = 1;

/** The largest record that is kept, in bytes. */
export const MAX_RECORD_BYTES = 64 * 1024;

/** As many bytes as answers may have when they are inflated: many times what a tick may ask for. */
const MAX_ANSWERS_BYTES = 8 * 1024 * 1024;

/** Many times as many intervals as any plan asks for. */
const MAX_INTERVALS = 10_000;

/**
 * A record as a file: readable but for the answers, which are deflated. If they do not all fit, those
 * of the checks that decided are kept, and of the others the verdict alone.
 *
 * @returns `undefined` if not even the verdicts fit
 */
export function writeRecord(record: EvidenceRecord): string | undefined {
  const { basis, verdicts } = record;
  const kinds = new Map(verdicts.map((each) => [each.check.metric.name, each.kind]));
  const packed = basis.checks.map((each, place) => {
    const check = packCheck(each);
    const weight = WEIGHT[kinds.get(nameOf(each)) ?? 'pass'];
    return { place, check, weight, length: JSON.stringify(check).length };
  });
  const order = [...packed].sort((a, b) => b.weight - a.weight || a.length - b.length);
  for (let kept = order.length; kept >= 0; kept -= 1) {
    const fitting = order.slice(0, kept).sort((a, b) => a.place - b.place);
    const checks = fitting.map(({ check }) => check);
    const text = `${JSON.stringify({ ...packHead(record), checks }, null, 1)}\n`;
    if (Buffer.byteLength(text) <= MAX_RECORD_BYTES) return text;
  }
  return undefined;
}

/** What decides weighs more than what was only not against it. */
const WEIGHT: Readonly<Record<Verdict['kind'], number>> = {
  breach: 3,
  unavailable: 2,
  insufficient: 2,
  warn: 1,
  pass: 0,
};

const nameOf = ({ plan }: Pick<CheckBasis, 'plan'>): string => plan.check.metric.name;

/** The record without what its checks were judged from. */
const packHead = ({
  sluice,
  rollout,
  decision,
  known,
  verdicts,
  basis,
}: EvidenceRecord): PackedRecord => ({
  'schema-version': RECORD_VERSION,
  sluice,
  key: rollout.key,
  decision: pack(decision),
  known: pack(known),
  rollout: pack(rollout),
  verdicts: verdicts.map(({ check, evidence, ...rest }) =>
    // Points are for charts, and are counted again from the answers.
    pack({ metric: check.metric.name, ...rest, evidence: { ...evidence, points: [] } }),
  ),
  ...(basis.split ? { split: packAsked(basis.split.plan, basis.split.answers) } : {}),
  ...(basis.trial ? { trial: packAsked(basis.trial.plan, basis.trial.answers) } : {}),
});

type PackedRecord = { readonly [key: string]: Json };

/** Plans name their check; the rollout has it. */
function packCheck({ plan, drift, budget, answers, zero }: CheckBasis): PackedRecord {
  const { check, ...rest } = plan;
  const { check: _, ...ofDrift } = drift ?? { check };
  return {
    metric: check.metric.name,
    budget: pack(budget),
    ...(drift ? { drift: pack(ofDrift) } : {}),
    ...(zero ? { zero: pack(zero) } : {}),
    ...packAsked(rest, answers),
  };
}

const packAsked = (plan: object, answers: readonly Answer[]): PackedRecord => ({
  plan: pack(plan),
  answers: deflateRawSync(JSON.stringify(pack(answers)), { level: 9 }).toString('base64'),
});

/**
 * Reads a record back.
 *
 * The file is one that anybody may have written: it counts only if a commit of Sluice names its digest.
 * Its size and the work it may ask for are bounded; that it has the shape of a record is shown by
 * judging it, and what has not fails as a {@link RecordError}.
 *
 * @throws RecordError
 */
export function readRecord(text: string): EvidenceRecord {
  const json = Buffer.byteLength(text) > MAX_RECORD_BYTES ? undefined : asJson(parseJson(text));
  if (!isMapping(json)) throw new RecordError('it is not a JSON object of at most 64 KB');
  const version = json['schema-version'];
  if (version !== RECORD_VERSION) {
    throw new RecordError(
      `its schema-version is ${JSON.stringify(version)}, and this Sluice reads ${RECORD_VERSION}`,
    );
  }
  const { sluice, decision, known, rollout: file, verdicts, checks, split, trial } = json;
  const rollout = unpack(file ?? null) as Rollout;
  const checkOf = (each: Json): Rollout['checks'][number] => {
    const name = isMapping(each) ? each.metric : undefined;
    const check = rollout?.checks?.find?.(({ metric }) => metric.name === name);
    if (!check) throw new RecordError(`its rollout has no check on ${JSON.stringify(name)}`);
    return check;
  };
  const record = {
    sluice,
    rollout,
    decision: unpack(decision ?? null),
    known: unpack(known ?? null),
    verdicts: listOf(verdicts).map((each) => {
      const { metric: _, ...rest } = objectOf(unpack(each));
      return { ...rest, check: checkOf(each) };
    }),
    basis: {
      checks: listOf(checks).map((each) => {
        const check = checkOf(each);
        const { plan, answers } = unpackAsked(each);
        const { budget, drift, zero } = objectOf(unpack(each));
        return {
          plan: { ...objectOf(plan), check },
          ...(drift === undefined ? {} : { drift: { ...objectOf(drift), check } }),
          budget,
          answers,
          zero,
        };
      }),
      ...(split === undefined ? {} : { split: unpackAsked(split) }),
      ...(trial === undefined ? {} : { trial: unpackAsked(trial) }),
    },
  };
  // What was written by `writeRecord` is a record; of anything else, judging it tells.
  const read = record as unknown as EvidenceRecord;
  boundWork(read);
  return read;
}

/** JSON that was parsed is JSON. */
const asJson = (parsed: unknown): Json | undefined => parsed as Json | undefined;

const listOf = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function unpackAsked(json: Json): { readonly plan: unknown; readonly answers: unknown } {
  const { plan = null, answers } = isMapping(json) ? json : {};
  if (typeof answers !== 'string') throw new RecordError('it has a plan without answers');
  try {
    const inflated = inflateRawSync(Buffer.from(answers, 'base64'), {
      maxOutputLength: MAX_ANSWERS_BYTES,
    });
    return { plan: unpack(plan), answers: unpack(asJson(parseJson(inflated.toString())) ?? null) };
  } catch (error) {
    throw new RecordError(`its answers cannot be read (${(error as Error).message})`);
  }
}

/** A grid of endless intervals would keep whoever judges it busy for ever. */
function boundWork({ basis }: EvidenceRecord): void {
  const questions = (): readonly Question[] => [
    ...basis.checks.flatMap(checkQuestions),
    ...(basis.split ? splitQuestions(basis.split) : []),
    ...(basis.trial ? trialQuestions(basis.trial.plan).map(({ question }) => question) : []),
  ];
  let asked: readonly Question[];
  try {
    asked = questions();
  } catch (error) {
    throw new RecordError(`a plan of it is not known (${(error as Error).message})`);
  }
  for (const question of asked) {
    if (question.kind === 'value' || question.kind === 'matched') continue;
    const intervals = intervalCount(question);
    if (!(intervals >= 0 && intervals <= MAX_INTERVALS)) {
      throw new RecordError(
        `it has a question of ${intervals} intervals, and at most ${MAX_INTERVALS} are read`,
      );
    }
  }
}
