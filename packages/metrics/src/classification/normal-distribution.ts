/** Terms of erf's series, or steps of erfc's continued fraction, that give double precision on both sides of 2. */
const TERMS = 120;

/** Complement of the error function for x ≥ 0, to a relative error of about 1e-14. */
function erfc(x: number): number {
  if (x < 2) {
    // erf x = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are all positive.
    let term = x;
    let sum = x;
    for (let n = 1; n < TERMS; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // Laplace's continued fraction, from the inside.
  let fraction = x;
  for (let n = TERMS; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** The probability that a standard normal variable is further from 0 than `z`, on both sides. */
export const twoSidedP = (z: number): number => erfc(Math.abs(z) / Math.SQRT2);
