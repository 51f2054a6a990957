/** One JSON object a line on standard output, from the level that LOG_LEVEL names. */

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
export type Level = (typeof LEVELS)[number];

export type Log = (level: Level, message: string, facts?: Readonly<Record<string, unknown>>) => void;

export function createLog(service: string, threshold: string): Log {
  const lowest = (LEVELS as readonly string[]).indexOf(threshold);
  return (level, message, facts) => {
    if (LEVELS.indexOf(level) < lowest) return;
    const line = { at: new Date().toISOString(), level, service, message, ...facts };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}
