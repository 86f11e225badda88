import type { Json } from '../model/json.ts';

/**
 * Values of the program as JSON, and back. JSON has neither NaN nor infinity, neither maps nor columns
 * of numbers: each is an object with one key that begins with `$`, and an ordinary key that does so
 * gets another one.
 */
export function pack(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: numeral(value) };
    case 'object':
      break;
    default:
      throw new TypeError(`a ${typeof value} cannot be kept in a record`);
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(pack);
  if (value instanceof Map) return { $map: [...value].map(pack) };
  // Places go up, mostly by one: their differences take a tenth of the room.
  if (value instanceof Int32Array) {
    return { $places: Array.from(value, (place, index) => place - (value[index - 1] ?? 0)) };
  }
  if (value instanceof Float64Array) return { $column: Array.from(value, pack) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key.startsWith('$') ? `$${key}` : key, pack(each)]),
  );
}

const numeral = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** The value that {@link pack} was given, without keys whose value was `undefined`. */
export function unpack(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (isList(json)) return json.map(unpack);
  const { $number, $map, $places, $column } = json;
  if (typeof $number === 'string') return Number($number);
  if (isList($map)) return new Map($map.map((entry) => pairOf(unpack(entry))));
  if (isList($places)) {
    let place = 0;
    return Int32Array.from($places, (step) => {
      place += Number(step);
      return place;
    });
  }
  if (isList($column)) return Float64Array.from($column, (each) => Number(unpack(each)));
  return Object.fromEntries(
    Object.entries(json).map(([key, each]) => [
      key.startsWith('$$') ? key.slice(1) : key,
      unpack(each),
    ]),
  );
}

const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

const pairOf = (entry: unknown): readonly [unknown, unknown] =>
  Array.isArray(entry) ? [entry[0], entry[1]] : [undefined, undefined];
