/**
 * Asked before every command that writes: resolves when this process still owns the store and its answer is still waited
 * for, else throws. A request of several commands asks before each, because the process may have been paused between two.
 */
export type Permit = () => Promise<void>;
