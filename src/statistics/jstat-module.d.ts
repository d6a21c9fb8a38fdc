declare module 'jstat' {
  /** The part of jStat that is used. */
  export const jStat: {
    /** x with P(a, x) = p, the lower regularised incomplete gamma function. */
    gammapinv(p: number, a: number): number;
    /** x with I_x(a, b) = p, the regularised incomplete beta function. */
    ibetainv(p: number, a: number, b: number): number;
  };
}
