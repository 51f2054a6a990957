/** `ringfence release list`: all releases, newest first. */
import * as z from "zod";
import { defineQuery } from "../definition.ts";
import { releaseView } from "../release-view.ts";

export const query = defineQuery({
  name: "release list",
  summary: "List the releases, newest first",
  scope: "project",
  input: z.object({}),
  async run({ app }) {
    return (await app.store.read((view) => view.releases.list())).map(releaseView);
  },
});
