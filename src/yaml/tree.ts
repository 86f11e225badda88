import type { DocumentEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import {
  CHOMPING_MODE,
  COLLECTION_STYLE,
  constructFromEvents,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
} from 'js-yaml';
import { beforeBreak, lineEnd, lineStart } from './lines.ts';
import type { MappingEntry, MappingNode, Node, ScalarNode, SequenceNode } from './node.ts';

const STYLES = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'block',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'block',
} as const;

/**
 * Reads where everything stands in a text of one document.
 *
 * @throws YAMLException of js-yaml when the text is not YAML.
 */
export function readTree(text: string): Node {
  return new TreeReader(text).read();
}

/**
 * Follows the parser's events through the text. They say where scalars begin and end and where
 * collections begin; the ends of collections, colons and dashes are found with a cursor between.
 */
class TreeReader {
  private readonly events: readonly Event[];
  private readonly anchors = new Map<string, Node>();
  private readonly opening: DocumentEvent | undefined;
  /** Of keys that may be other than what is written, and may be as many as the file has lines. */
  private readonly names = new Map<string, string>();
  private next = 1;
  private cursor = 0;

  constructor(private readonly text: string) {
    this.events = parseEvents(text, {});
    const [first] = this.events;
    this.opening = first?.type === EVENT_ID.DOCUMENT ? first : undefined;
  }

  read(): Node {
    if (this.text.startsWith('\uFEFF')) this.cursor = 1;
    this.skipTrivia();
    if (this.opening?.explicitStart === true) this.skipMarker();
    return this.readNode();
  }

  private skipMarker(): void {
    while (this.text[this.cursor] === '%') {
      this.cursor = lineEnd(this.text, this.cursor);
      this.skipTrivia();
    }
    this.cursor += '---'.length;
  }

  /** Spaces, line breaks and comments: nothing else stands between two tokens. */
  private skipTrivia(): void {
    for (;;) {
      const character = this.text[this.cursor];
      if (character === '#') this.cursor = lineEnd(this.text, this.cursor);
      else if (character !== undefined && ' \t\r\n'.includes(character)) this.cursor++;
      else return;
    }
  }

  /** Steps over an indicator if it comes next. */
  private take(indicator: string): boolean {
    this.skipTrivia();
    if (this.text[this.cursor] !== indicator) return false;
    this.cursor++;
    return true;
  }

  private peek(): Event | undefined {
    return this.events[this.next];
  }

  private atEnd(): boolean {
    const event = this.peek();
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    this.next++;
    return true;
  }

  private readNode(): Node {
    const event = this.peek();
    this.next++;
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.anchored(event, this.readScalar(event));
      case EVENT_ID.SEQUENCE:
        return this.anchored(event, this.readSequence(event));
      case EVENT_ID.MAPPING:
        return this.anchored(event, this.readMapping(event));
      case EVENT_ID.ALIAS: {
        const head = this.cursor;
        const start = event.anchorStart - 1;
        const target = this.anchors.get(this.text.slice(event.anchorStart, event.anchorEnd));
        this.cursor = event.anchorEnd;
        return {
          kind: 'alias',
          outer: start,
          head,
          start,
          end: this.cursor,
          tagged: false,
          target,
        };
      }
      default: {
        const at = this.cursor;
        const place = { outer: at, head: at, start: at, end: at, tagged: false };
        return { kind: 'scalar', style: 'empty', indent: -1, ...place };
      }
    }
  }

  private anchored(event: ScalarEvent | SequenceEvent | MappingEvent, node: Node): Node {
    if (event.anchorStart >= 0) {
      this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  /** Steps over an anchor and a tag; the outer start is `undefined` when there is neither. */
  private readProperties(event: ScalarEvent | SequenceEvent | MappingEvent) {
    const starts: number[] = [];
    if (event.anchorStart >= 0) starts.push(event.anchorStart - 1);
    if (event.tagStart >= 0) starts.push(event.tagStart);
    this.cursor = Math.max(this.cursor, event.anchorEnd, event.tagEnd);
    const outer = starts.length > 0 ? Math.min(...starts) : undefined;
    return { outer, head: this.cursor, tagged: event.tagStart >= 0 };
  }

  private readScalar(event: ScalarEvent): ScalarNode {
    const { outer, head, tagged } = this.readProperties(event);
    let style: ScalarNode['style'] = STYLES[event.style];
    let start = event.valueStart;
    let end = event.valueEnd;
    if (start < 0) {
      style = 'empty';
      start = end = head;
    } else if (style === 'block') {
      this.skipTrivia();
      start = this.cursor;
      if (event.chomping === CHOMPING_MODE.KEEP) style = 'kept';
      end = this.endOfBlockScalar(event);
    } else if (style !== 'plain') {
      start--;
      end++;
    }
    this.cursor = end;
    const place = { outer: outer ?? start, head, start, end, tagged };
    return { kind: 'scalar', style, indent: event.indent, ...place };
  }

  /** Blank lines after the text belong to the value only where it keeps them (`|+`). */
  private endOfBlockScalar(event: ScalarEvent): number {
    let end = beforeBreak(this.text, event.valueEnd);
    const keeps = event.chomping === CHOMPING_MODE.KEEP;
    while (!keeps && end > event.valueStart) {
      const line = this.text.slice(lineStart(this.text, end), end);
      const isContent = event.indent >= 0 && line.length > event.indent;
      if (line.trim() !== '' || isContent) break;
      end = beforeBreak(this.text, end - line.length);
    }
    return Math.max(end, beforeBreak(this.text, event.valueStart));
  }

  private readSequence(event: SequenceEvent): SequenceNode {
    const { outer, head, tagged } = this.readProperties(event);
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const { start } = event;
    const items: Node[] = [];
    this.cursor = flow ? start + 1 : start;
    while (!this.atEnd()) {
      this.take(flow ? ',' : '-');
      this.skipToFlowPair();
      items.push(this.readNode());
    }
    if (flow) this.closeFlow(']');
    const place = { outer: outer ?? start, head, start, end: this.cursor, tagged };
    return { kind: 'sequence', ...place, flow, items };
  }

  /** In `[? a: b]` the parser begins the pair after the question mark. */
  private skipToFlowPair(): void {
    const event = this.peek();
    if (event?.type !== EVENT_ID.MAPPING || event.style !== COLLECTION_STYLE.FLOW) return;
    if (this.isPair(event, this.events[this.next + 1])) this.cursor = event.start;
  }

  /** A pair without braces in a flow sequence: `[a: b]`. */
  private isPair(event: MappingEvent, inner: Event | undefined): boolean {
    const keyIsMapping = inner?.type === EVENT_ID.MAPPING && inner.start === event.start;
    return this.text[event.start] !== '{' || keyIsMapping;
  }

  private readMapping(event: MappingEvent): MappingNode {
    const { outer, head, tagged } = this.readProperties(event);
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const braces = flow && !this.isPair(event, this.peek());
    const { start } = event;
    const entries: MappingEntry[] = [];
    this.cursor = braces ? start + 1 : start;
    while (!this.atEnd()) {
      if (braces) this.take(',');
      entries.push(this.readEntry());
    }
    if (braces) this.closeFlow('}');
    const place = { outer: outer ?? start, head, start, end: this.cursor, tagged };
    return { kind: 'mapping', ...place, flow, entries };
  }

  private readEntry(): MappingEntry {
    this.skipTrivia();
    const before = this.cursor;
    const explicit = /^\?(?:\s|$)/.test(this.text.slice(before, before + 2));
    if (explicit) this.cursor++;
    const event = this.peek();
    const key = this.readNode();
    const afterKey = this.cursor;
    const colon = this.take(':');
    // Without a colon nothing follows, and the spaces after the key are not the entry's.
    if (!colon) this.cursor = afterKey;
    const value = this.readNode();
    const start = explicit ? before : key.outer;
    const name = event?.type === EVENT_ID.SCALAR ? this.keyName(event) : undefined;
    return { start, end: this.cursor, key, name, value, explicit, colon };
  }

  /** The key as js-yaml names it in an object: `0x10` is `16`, an empty key is `null`. */
  private keyName(event: ScalarEvent): string | undefined {
    const written = getScalarValue(this.text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN;
    // Quoted, or a word, it is what is written: even `true` becomes `true` again.
    const literal =
      !plain || (/^[A-Za-z]/.test(written) && !/^(?:null|true|false)$/i.test(written));
    if (event.tagStart >= 0) return this.resolvedName(event);
    if (literal) return written;
    const known = this.names.get(written);
    if (known !== undefined) return known;
    const name = this.resolvedName(event);
    if (name !== undefined) this.names.set(written, name);
    return name;
  }

  private resolvedName(event: ScalarEvent): string | undefined {
    if (this.opening === undefined) return undefined;
    try {
      const events: Event[] = [this.opening, event, { type: EVENT_ID.POP }];
      return String(constructFromEvents(events, { source: this.text })[0]);
    } catch {
      // A tag that does not fit: such a file does not load, but its errors need places too.
      return undefined;
    }
  }

  private closeFlow(bracket: string): void {
    this.take(',');
    this.take(bracket);
  }
}
