import { hostname, userInfo } from "node:os";
import { expect, test } from "vitest";
import { hostName, userName } from "./machine.ts";

test("the machine and its user are called what node:os says", () => {
  expect(hostName()).toBe(hostname());
  expect(userName()).toBe(userInfo().username);
});
