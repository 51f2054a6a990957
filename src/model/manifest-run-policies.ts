/** The policies of runs and of their logs in the manifest: their shape, and what each key means. */
import * as z from "zod";
import { parseDuration, parseSize } from "../base/units.ts";
import { FORMATS, type Format } from "./manifest-formats.ts";
import type { Policies } from "./policy.ts";
import type { SettingType } from "./setting.ts";

const word = (format: Format) => z.string().regex(format.pattern);
const count = z.int().min(1).max(1_000_000_000);

/** The shape of `limits:`. */
const limitsSchema = z
  .strictObject({
    memory: word(FORMATS.size).optional().describe("Memory of its processes together, such as 512MB."),
    cpu: z
      .number()
      .min(0.01)
      .max(1024)
      .optional()
      .describe("Processors that it keeps busy, also a fraction."),
    processes: count.optional().describe("Processes and threads."),
    openFiles: count.optional().describe("Files that each of its processes has open."),
    time: word(FORMATS.duration).optional().describe("How long it takes at most, such as 10m."),
    unenforced: z
      .enum(["refuse", "warn"])
      .optional()
      .describe("What becomes of a run whose limits this machine can't enforce; refuse where left out."),
  })
  .describe("What a run may use.");

/** The shape of `run:`. */
export const runSchema = z
  .strictObject({
    output: z
      .enum(["direct", "scrubbed"])
      .optional()
      .describe("direct replaces the process; scrubbed removes secret values from the child's output."),
    record: z
      .enum(["required", "optional"])
      .optional()
      .describe("required: no run without a record of the injection."),
    limits: limitsSchema.optional(),
    umask: word(FORMATS.umask).optional().describe('Permissions that its files don\'t get, such as "077".'),
    view: z
      .enum(["all", "own"])
      .optional()
      .describe("own: it sees no files of other environments, and writes only into its folders."),
    writable: z
      .array(word(FORMATS.folder))
      .optional()
      .describe("With view own: where it may write besides its folders."),
  })
  .describe("How ringfence run behaves.");

/** The shape of `logs:`. */
export const logsSchema = z
  .strictObject({
    format: z.enum(["text", "json"]).optional().describe("How applications shall write their logs."),
    sink: z
      .enum(["console", "file"])
      .optional()
      .describe("file: what a run writes is kept in a file, scrubbed, besides being shown."),
    file: word(FORMATS.logFile)
      .optional()
      .describe("That file; {env} and {command} stand for the environment and the command."),
    rotate: z
      .strictObject({
        size: word(FORMATS.size).optional().describe("Size from which a new file is begun, such as 10MB."),
        every: word(FORMATS.duration).optional().describe("Age from which a new file is begun, such as 1d."),
        keep: z.int().min(0).max(10_000).optional().describe("How many former files are kept."),
      })
      .optional()
      .describe("When a new file is begun."),
    retention: word(FORMATS.duration)
      .optional()
      .describe("Age from which former files are removed, such as 30d."),
  })
  .describe("Where logs go and how long they are kept.");

/** One policy among the keys of `policies:`. */
export interface PolicyField<Data, T> {
  /** Keys under `policies`. */
  readonly path: readonly string[];
  /** Undefined where the manifest says nothing. */
  readonly read: (data: Data) => T | undefined;
  /** What the manifest's value is, where that is not plain to see. */
  readonly type?: SettingType;
  /** The manifest's words for true and for false, where it has some. */
  readonly words?: readonly [string, string];
}

interface RunData {
  readonly run?: z.output<typeof runSchema> | undefined;
  readonly logs?: z.output<typeof logsSchema> | undefined;
}

/** Milliseconds of a text that the schema let pass. */
export const durationMs = (given: string | undefined): number | undefined =>
  given === undefined ? undefined : parseDuration(given);

const bytes = (given: string | undefined): number | undefined =>
  given === undefined ? undefined : parseSize(given);

type RunPolicy = Extract<keyof Policies, `run${string}` | `log${string}`>;

export const RUN_FIELDS: {
  readonly [K in Exclude<RunPolicy, "logLevel">]: PolicyField<RunData, Policies[K]>;
} = {
  runOutput: { path: ["run", "output"], read: ({ run }) => run?.output },
  runRecordRequired: {
    path: ["run", "record"],
    read: ({ run }) => (run?.record === undefined ? undefined : run.record === "required"),
    words: ["required", "optional"],
  },
  runMemoryBytes: {
    path: ["run", "limits", "memory"],
    read: ({ run }) => bytes(run?.limits?.memory),
    type: "size",
  },
  runCpus: { path: ["run", "limits", "cpu"], read: ({ run }) => run?.limits?.cpu, type: "number" },
  runProcesses: { path: ["run", "limits", "processes"], read: ({ run }) => run?.limits?.processes },
  runOpenFiles: { path: ["run", "limits", "openFiles"], read: ({ run }) => run?.limits?.openFiles },
  runTimeMs: {
    path: ["run", "limits", "time"],
    read: ({ run }) => durationMs(run?.limits?.time),
    type: "duration",
  },
  runUnenforced: { path: ["run", "limits", "unenforced"], read: ({ run }) => run?.limits?.unenforced },
  runUmask: { path: ["run", "umask"], read: ({ run }) => run?.umask },
  runView: { path: ["run", "view"], read: ({ run }) => run?.view },
  runWritable: { path: ["run", "writable"], read: ({ run }) => run?.writable },
  logFormat: { path: ["logs", "format"], read: ({ logs }) => logs?.format },
  logSink: { path: ["logs", "sink"], read: ({ logs }) => logs?.sink },
  logFile: { path: ["logs", "file"], read: ({ logs }) => logs?.file },
  logRotateBytes: {
    path: ["logs", "rotate", "size"],
    read: ({ logs }) => bytes(logs?.rotate?.size),
    type: "size",
  },
  logRotateMs: {
    path: ["logs", "rotate", "every"],
    read: ({ logs }) => durationMs(logs?.rotate?.every),
    type: "duration",
  },
  logKeep: { path: ["logs", "rotate", "keep"], read: ({ logs }) => logs?.rotate?.keep },
  logRetentionMs: {
    path: ["logs", "retention"],
    read: ({ logs }) => durationMs(logs?.retention),
    type: "duration",
  },
};
