/** The largest request that a coordinator accepts, in bytes. The largest batch of triggers has 16 MiB; runners split their reports. */
export const maxRequestBytes = 32 * 1024 * 1024;

/** The largest answer of a coordinator, in bytes. A run has its payload and output; several assignments come in one message. */
export const maxAnswerBytes = 64 * 1024 * 1024;
