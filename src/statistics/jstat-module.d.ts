declare module 'jstat' {
  /** The part of jStat that is exact enough to use. */
  export const jStat: {
    /** ln Γ(x), x > 0. */
    gammaln(x: number): number;
  };
}
