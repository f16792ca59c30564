/** What is said of weights that are an average, by its decay. */
export const averagedText = (ema: number): string => `averaged weights (ema ${ema})`;
