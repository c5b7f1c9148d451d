/** Pages in Chinese, by their path. */
export const CHINESE: Readonly<Record<string, string>> = {};
