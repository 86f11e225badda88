/** Values with their places in the text. Offsets count UTF-16 units. */

/** Offsets every node has, in the order in which they stand in the text. */
interface Place {
  /** Where its anchor or tag begins, or else the content. */
  readonly outer: number;
  /** After its anchor and tag, or else after the colon or dash before it. */
  readonly head: number;
  /** Where its content begins, quotes and brackets included. */
  readonly start: number;
  /** Where its content ends. A block scalar ends before the last line break it needs. */
  readonly end: number;
  readonly tagged: boolean;
}

export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  /** `kept` is a block scalar to which the blank lines after it belong: `|+`. */
  readonly style: 'empty' | 'plain' | 'single' | 'double' | 'block' | 'kept';
  /** How deep the text of a block scalar is indented; -1 where there is none. */
  readonly indent: number;
}

export interface AliasNode extends Place {
  readonly kind: 'alias';
  /** What it stands for; `undefined` when it stands inside of that. */
  readonly target: Node | undefined;
}

export interface SequenceNode extends Place {
  readonly kind: 'sequence';
  readonly flow: boolean;
  readonly items: readonly Node[];
}

export interface MappingNode extends Place {
  readonly kind: 'mapping';
  readonly flow: boolean;
  readonly entries: readonly MappingEntry[];
}

/** A key and its value. */
export interface MappingEntry {
  readonly start: number;
  readonly end: number;
  readonly key: Node;
  /** The key as it is in the loaded value; `undefined` when it is no scalar. */
  readonly name: string | undefined;
  readonly value: Node;
  /** Written with `? `. */
  readonly explicit: boolean;
  /** Written with a colon: in `{a}`, `a` has none. */
  readonly colon: boolean;
}

/** A value with its place in the text. */
export type Node = ScalarNode | AliasNode | SequenceNode | MappingNode;
