import type { Logger } from "pino";

const ignore = (): void => {};
const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore, fatal: ignore };

/** A logger that writes nothing. */
export const silentLog = { ...silent, child: () => silentLog } as unknown as Logger;
