/**
 * Passes the warnings of this thread to `capture`: those of Node.js, for example about leaking listeners, and those
 * from `process.emitWarning`.
 * @param capture - returns false when nothing captures the warning; it is then printed as usual
 */
export function captureWarnings(capture: (message: string) => boolean): void {
  const printing = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    const { code, detail, message, name } = warning as Error & { readonly code?: string; readonly detail?: string };
    const text = `${code === undefined ? "" : `[${code}] `}${name}: ${message}${detail === undefined ? "" : `\n${detail}`}`;
    if (!capture(text)) for (const print of printing) print.call(process, warning);
  });
}
