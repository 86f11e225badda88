/**
 * MurmurHash3 of 32 bits for little-endian machines, as its author publishes it
 * (https://github.com/aappleby/smhasher): what flagd hashes its keys with. For ASCII.
 */
export function murmur3(text: string, seed = 0): number {
  let hash = seed;
  const whole = text.length - (text.length % 4);
  for (let at = 0; at < whole; at += 4) {
    hash ^= mixed(bytes(text, at, 4));
    hash = Math.imul(rotated(hash, 13), 5) + 0xe6546b64;
  }
  if (whole < text.length) hash ^= mixed(bytes(text, whole, text.length - whole));
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

const mixed = (word: number): number =>
  Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);

function bytes(text: string, from: number, count: number): number {
  let word = 0;
  for (let i = count - 1; i >= 0; i -= 1) word = (word << 8) | (text.charCodeAt(from + i) & 0xff);
  return word;
}
