/**
 * Called before every command that writes: resolves while this process owns the store and the caller still waits, else
 * rejects. A request of several commands calls it before each, because the process may be paused between two.
 */
export type Permit = () => Promise<void>;
