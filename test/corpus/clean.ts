import { expect } from 'vitest';

/** Characters that a terminal obeys or a reader does not see. A line feed is what it seems. */
const HIDDEN = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What Node prints of an error that nobody caught. */
const CRASH = /^\s+at .+:\d+:\d+\)?$|\b(?:Range|Type|Syntax|Reference)Error\b|node:internal/m;

/** What the runner would take for a command. */
const COMMAND = /^\s*::|##\[/m;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program that ended as documented, and printed nothing but words. */
export function expectCalm({ code, stdout, stderr }: Ended, what: string): void {
  expect([0, 1, 2], `${what}: ${stderr}`).toContain(code);
  for (const text of [stdout, stderr]) {
    expect(text, what).not.toMatch(CRASH);
    expect(
      HIDDEN.exec(text)?.[0],
      `${what}: ${JSON.stringify(text.slice(0, 2000))}`,
    ).toBeUndefined();
    expect(text, what).not.toMatch(COMMAND);
  }
}

/** The outputs of action.yml: one more has been forged. */
const OUTPUTS = ['changed', 'commit-sha', 'decision', 'drifted', 'pull-requests', 'result'];

interface ActionRan extends Ended {
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly annotations: readonly {
    readonly level: string;
    readonly message: string;
    readonly properties: Readonly<Record<string, string>>;
  }[];
}

/** A run of the Action that ended as documented, with the outputs it has and annotations of its own. */
export function expectCalmAction(ran: ActionRan, what: string): void {
  expect([0, 1, 2], `${what}: ${ran.stderr}`).toContain(ran.code);
  expect(ran.stderr, what).toBe('');
  expect(ran.stdout, what).not.toMatch(CRASH);
  expect(HIDDEN.exec(ran.log)?.[0], `${what}: ${JSON.stringify(ran.log)}`).toBeUndefined();
  expect(Object.keys(ran.outputs).sort(), what).toEqual(OUTPUTS);
  for (const { message, properties, level } of ran.annotations) {
    expect(message, what).not.toMatch(/[\n\r]/);
    if (level === 'error') expect(properties.title, what).toMatch(/^Sluice: [a-z-]+$/);
  }
}

/**
 * Markdown in which nothing from outside is alive: no HTML, mention, issue, link, image or comment
 * but those in code, and nothing hidden but the word joiners that see to it.
 */
export function expectInert(markdown: string, what: string): void {
  const shown = markdown.replaceAll('\u2060', '\u0001').replace(/`[^`\n]+`/g, 'CODE');
  expect(HIDDEN.exec(markdown.replaceAll('\u2060', ''))?.[0], what).toBeUndefined();
  expect(shown, what).not.toMatch(
    /<|@[A-Za-z0-9]|#\d|GH-\d|GH\\-\d|:\/\/|www\.|(?<!\\)\]\(|(?<!\\)!\[|(?<!\\)\*\*\w*evil/,
  );
}
