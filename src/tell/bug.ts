/** A failure that no code of ours foresaw, as it may be shown. */
export interface Bug {
  readonly text: string;
  /** Where in the code it was, a line each. */
  readonly trace: readonly string[];
}

/**
 * Describes what was thrown by its kind and place alone: its message may repeat anything, an address
 * or a header among it.
 */
export function describeBug(error: unknown): Bug {
  const kind = error instanceof Error ? error.name : typeof error;
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return {
    text: `Sluice failed on its own account (${kind}); please report this as a bug, with the lines below it in the log`,
    trace: lines.filter((line) => /^\s+at \S/.test(line)),
  };
}
