/**
 * Parts of the logarithm of the gamma function that stay exact where the function itself does not:
 * ln Γ(10⁹) is 2·10¹⁰, so that a difference of two loses ten digits.
 */

/** Above this the series below is right to the last bit. */
const LARGE = 15;

/**
 * What Stirling's formula leaves out: ln Γ(z) − ((z − ½) ln z − z + ½ ln 2π), for z > 0.
 * The asymptotic series (DLMF 5.11.1) where z is large; below it ln Γ(z + 1) = ln Γ(z) + ln z
 * brings it there.
 */
export function stirlingRemainder(z: number): number {
  let sum = 0;
  let at = z;
  for (; at < LARGE; at += 1) sum += (at + 0.5) * Math.log1p(1 / at) - 1;
  const w = 1 / (at * at);
  const series =
    1 / 12 -
    w *
      (1 / 360 -
        w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w * (1 / 156))))));
  return sum + series / at;
}

/**
 * x ln(x / m) + m − x: how far x lies from m, exact also where they all but agree (Loader, "Fast
 * and accurate computation of binomial probabilities", 2000).
 *
 * @param difference x − m, which the caller may know better than the subtraction would
 */
export function deviance(x: number, m: number, difference = x - m): number {
  const v = difference / (x + m);
  if (!(Math.abs(v) < 0.1)) return x * Math.log(x / m) - difference;
  let sum = difference * v;
  let power = 2 * x * v;
  // Each term is a hundredth of the one before, at most.
  for (let k = 3; k < 25; k += 2) {
    power *= v * v;
    sum += power / k;
  }
  return sum;
}
