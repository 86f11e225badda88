import type { Instant } from '../../src/time.ts';

/** Something that the model does not allow, with the flag it was done to. */
export class Objection extends Error {
  override readonly name = 'Objection';
  constructor(
    readonly key: string,
    message: string,
  ) {
    super(message);
  }
}

/** What happened to each flag, for whoever has to understand a failure: the last of it is kept. */
export interface Journal {
  /** `everybody` for what concerns all flags. */
  note(key: string, at: Instant, text: string): void;
  /** The last events of a flag, oldest first, a line each. */
  history(key: string): readonly string[];
}

const KEPT = 20;

export function openJournal(): Journal {
  const entries = new Map<string, { at: Instant; order: number; text: string }[]>();
  let order = 0;
  return {
    note(key, at, text) {
      const list = entries.get(key) ?? [];
      order += 1;
      entries.set(key, [...list.slice(-5 * KEPT), { at, order, text }]);
    },
    history: (key) =>
      [...(entries.get(key) ?? []), ...(entries.get('everybody') ?? [])]
        .sort((a, b) => a.at - b.at || a.order - b.order)
        .slice(-KEPT)
        .map(({ at, text }) => `${new Date(at).toISOString().slice(0, 19)}  ${text}`),
  };
}
