const mebibyte = 1024 * 1024;

/** The largest output of an attempt that a coordinator stores unless it is configured otherwise, in bytes of UTF-8. */
export const defaultMaxOutputBytes: number = 10 * mebibyte;

/** The highest limit of outputs and of payloads that a coordinator can be configured with, in bytes of UTF-8. */
export const highestTextLimitBytes: number = 15 * mebibyte;
