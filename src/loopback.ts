/**
 * Whether a host is this very machine. Takes the name as `URL` gives it, which has already written
 * `127.1` as `127.0.0.1`, and any IPv6 loopback as `[::1]`.
 */
export function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
