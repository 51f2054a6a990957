/** `ringfence trust show`: what the project would run by itself, of which files, and whether it is trusted here. */
import * as z from "zod";
import type { TrustView } from "../../contract/trust.ts";
import { defineQuery } from "../definition.ts";
import { allPrograms } from "../reference-programs.ts";
import { trustIn } from "./programs.ts";
import { readTrustRecord, trustRecordPath } from "./record-file.ts";
import { programView } from "./view.ts";

export const query = defineQuery({
  name: "trust show",
  summary: "Show which programs the project would run, and whether they are trusted on this machine",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<TrustView> {
    const { project } = app;
    const programs = trustIn(project.root, allPrograms(app), readTrustRecord(app));
    return { project: project.name, record: trustRecordPath(app), programs: programs.map(programView) };
  },
});
