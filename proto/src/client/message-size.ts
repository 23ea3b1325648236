/** The largest request that a coordinator takes, in bytes: the largest batch of triggers has 16 MiB, and reports of runners are split. */
export const maxRequestBytes = 32 * 1024 * 1024;

/** The largest answer that a coordinator sends, in bytes: a run carries its payload and its output, and assignments come together. */
export const maxAnswerBytes = 64 * 1024 * 1024;
