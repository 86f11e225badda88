import type { EvaluationContext, JsonValue, Logger } from '@openfeature/core';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import { BUCKETS } from '../../src/model/exposure.ts';
import { murmur3 } from './murmur3.ts';

const SILENT: Logger = { error() {}, warn() {}, info() {}, debug() {} };

/** What flagd says about one flag and one user. */
export interface Answer {
  readonly value: JsonValue;
  readonly variant: string | undefined;
  readonly reason: string | undefined;
}

export interface Flagd {
  readonly core: FlagdCore;
  variantOf(flag: string, context: EvaluationContext): string;
  resolve(flag: string, context: EvaluationContext): Answer;
  /** Takes another file from now on. Throws where it is refused; then the one before stays. */
  replace(text: string): void;
}

/**
 * Flagd's own evaluator with a file of definitions.
 *
 * @throws where its JSON Schema refuses the file: by default it would serve something all the same.
 */
export function flagd(text: string): Flagd {
  const storage = new MemoryStorage(SILENT);
  const replace = (file: string): void => void storage.setConfigurations(file, true);
  replace(text);
  const core = new FlagdCore(storage, SILENT);
  const resolve = (flag: string, context: EvaluationContext): Answer => {
    const found = storage.getFlag(flag);
    if (!found) throw new Error(`there is no flag ${flag}`);
    const { value, variant, reason, errorMessage } = found.evaluate(context, SILENT);
    if (value === undefined) throw new Error(`${flag}: ${errorMessage ?? 'no value'}`);
    return { value, variant, reason };
  };
  return {
    core,
    resolve,
    replace,
    variantOf: (flag, context) => resolve(flag, context).variant ?? '',
  };
}

/** The bucket that hash version 2 of `fractional` puts a user in, of 100,000. */
export function bucketOf(flag: string, key: string): number {
  return Math.floor((murmur3(`${flag}${key}`) * BUCKETS) / 2 ** 32);
}
