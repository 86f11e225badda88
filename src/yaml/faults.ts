import type { Path } from '../model/json.ts';
import { YamlError, type YamlErrorCode } from './error.ts';
import { locate, locateKey } from './locate.ts';

/** How much a loaded value may hold. */
export interface ValueLimits {
  /** Collections inside of each other, aliases followed. */
  readonly maxDepth: number;
  /** Values in all, those behind aliases counted at each use. */
  readonly maxNodes: number;
}

/** Something in a loaded value that is not JSON, or too much of it. */
export interface Fault {
  readonly code: YamlErrorCode;
  readonly message: string;
  readonly path: Path;
  /** Whether the key at the path is at fault, not its value. */
  readonly inKey?: true;
}

/** Names that mean something to JavaScript objects: no honest file needs them. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Looks through what js-yaml loaded for the first thing that JSON cannot hold. */
export function findFault(value: unknown, limits: ValueLimits): Fault | undefined {
  // The path is put together only on the way back from a fault: most files have none.
  const path: (string | number)[] = [];
  const ancestors: object[] = [];
  let nodes = 0;

  const fault = visit(value);
  return fault && { ...fault, path: path.reverse() };

  function visit(node: unknown): Omit<Fault, 'path'> | undefined {
    if (++nodes > limits.maxNodes) {
      return { code: 'too-many-nodes', message: tooManyNodes(limits.maxNodes) };
    }
    if (typeof node === 'number' && !Number.isFinite(node)) {
      return {
        code: 'not-json',
        message: `${node} is no number to count with: write a finite one`,
      };
    }
    if (typeof node !== 'object' || node === null) return undefined;
    if (ancestors.length >= limits.maxDepth) return tooDeep(node);
    ancestors.push(node);
    const fault = Array.isArray(node) ? visitItems(node) : visitEntries(node);
    ancestors.pop();
    return fault;
  }

  function visitItems(items: readonly unknown[]): Omit<Fault, 'path'> | undefined {
    for (let i = 0; i < items.length; i++) {
      const fault = visit(items[i]);
      if (fault === undefined) continue;
      path.push(i);
      return fault;
    }
    return undefined;
  }

  function visitEntries(mapping: object): Omit<Fault, 'path'> | undefined {
    for (const [key, child] of Object.entries(mapping)) {
      const fault = UNSAFE_KEYS.has(key) ? unsafeKey(key) : visit(child);
      if (fault === undefined) continue;
      path.push(key);
      return fault;
    }
    return undefined;
  }

  /** Only an alias can put a value inside of itself, and that never ends. */
  function tooDeep(node: object): Omit<Fault, 'path'> {
    if (new Set([...ancestors, node]).size <= ancestors.length) {
      return { code: 'cycle', message: 'an alias stands inside of its own anchor: write it out' };
    }
    const message = `values are nested more than ${limits.maxDepth} deep: write it flatter`;
    return { code: 'too-deep', message };
  }
}

/** What is said of a file with more values than are read. */
export function tooManyNodes(maxNodes: number): string {
  return `the file holds more than ${maxNodes} values: write less, or split it`;
}

function unsafeKey(key: string): Omit<Fault, 'path'> {
  return { code: 'unsafe-key', message: `the key ${key} is not allowed: rename it`, inKey: true };
}

/** The error for a fault, with its place in the text. */
export function faultError(text: string, { code, message, path, inKey }: Fault): YamlError {
  // Places need the text alone: the value is the one that is refused.
  const document = { text, value: null };
  return new YamlError(code, message, (inKey ? locateKey : locate)(document, path));
}
