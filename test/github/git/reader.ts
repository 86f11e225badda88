import { startGit } from './process.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface ObjectInfo {
  readonly oid: string;
  readonly type: ObjectType;
  readonly size: number;
}

export interface GitObject extends ObjectInfo {
  readonly content: Buffer;
}

interface Question {
  readonly wantsContent: boolean;
  answer(object: GitObject | ObjectInfo | undefined): void;
}

/**
 * One `git cat-file` kept running: a request reads dozens of objects, and a process for each would
 * make the server several times slower than the network it stands in for.
 */
export class ObjectReader {
  readonly #dir: string;
  #child: ReturnType<typeof startGit> | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #questions: Question[] = [];

  constructor(dir: string) {
    this.#dir = dir;
  }

  info(name: string): Promise<ObjectInfo | undefined> {
    return this.#ask('info', name);
  }

  content(name: string): Promise<GitObject | undefined> {
    return this.#ask('contents', name) as Promise<GitObject | undefined>;
  }

  close(): void {
    this.#child?.stdin.end();
    this.#child = undefined;
  }

  #ask(command: 'info' | 'contents', name: string): Promise<ObjectInfo | undefined> {
    if (name.includes('\n')) return Promise.resolve(undefined);
    this.#child ??= this.#start();
    const { stdin } = this.#child;
    return new Promise((resolve) => {
      this.#questions.push({ wantsContent: command === 'contents', answer: resolve });
      stdin.write(`${command} ${name}\n`);
    });
  }

  #start() {
    const child = startGit(this.#dir, ['cat-file', '--batch-command']);
    child.stdout.on('data', (chunk: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      while (this.#next());
    });
    // Nobody waits for a reader that was closed; the process must not keep the tests alive.
    child.unref();
    return child;
  }

  /** Answers the oldest question, if its whole answer has arrived. */
  #next(): boolean {
    const question = this.#questions[0];
    const end = this.#pending.indexOf(10);
    if (question === undefined || end < 0) return false;
    const line = this.#pending.subarray(0, end).toString();
    const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(line);
    const size = Number(match?.[3]);
    const carries = match !== null && question.wantsContent;
    const length = end + 1 + (carries ? size + 1 : 0);
    if (this.#pending.length < length) return false;
    const content = Buffer.from(this.#pending.subarray(end + 1, length - 1));
    this.#pending = this.#pending.subarray(length);
    this.#questions.shift();
    const oid = match?.[1];
    if (oid === undefined) question.answer(undefined);
    else {
      const info = { oid, type: match?.[2] as ObjectType, size };
      question.answer(carries ? { ...info, content } : info);
    }
    return true;
  }
}
