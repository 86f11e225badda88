/** What a terminal is to us; passed in, so that tests need none. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: () => number;
}

/** Exit codes: what should have been done was done; something was not; bad usage or config. */
export const EXIT = { done: 0, undone: 1, usage: 2 } as const;
