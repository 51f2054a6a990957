/** Performs docs/getting-started.md, servers and all; pages without servers are in pages.test.ts. */
import { afterAll, test } from "vitest";
import { anyPort } from "../contracts/target.ts";
import { openSession } from "./session.ts";

const ports = new Map([
  ["24110", String(await anyPort())],
  ["24120", String(await anyPort())],
]);
const session = openSession("docs/getting-started.md", { ports });

afterAll(() => {
  session.bash("ringfence env stop -e development");
  session.remove();
});

test("the session on the page happens as it stands there", () => {
  session.expectPage();
});
