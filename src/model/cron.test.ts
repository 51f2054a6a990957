import { expect, test } from "vitest";
import { cronSlots, slotsCollide } from "./cron.ts";

test.each([
  ["0 3 * * *", true],
  ["*/15 8-18 * * mon-fri", true],
  ["@daily", true],
  ["0,30 4 1,15 jan-mar 7", true],
  ["5/10 * * * *", true],
  ["60 3 * * *", false],
  ["0 3 * *", false],
  ["0 3 * * * *", false],
  ["0 3 0 * *", false],
  ["0 5-3 * * *", false],
  ["*/0 * * * *", false],
  ["0 3 * foo *", false],
  ["", false],
  ["@reboot", false],
  ["constructor", false],
  ["0 3 * , *", false],
])("%j is a schedule: %s", (text, is) => {
  expect(cronSlots(text) !== undefined).toBe(is);
});

test.each([
  ["0 3 * * *", "0 3 * * *", true],
  ["0 3 * * *", "30 3 * * *", false],
  ["0 3 * * *", "0 4 * * *", false],
  ["*/15 * * * *", "45 2 * * *", true],
  ["*/15 * * * *", "50 2 * * *", false],
  ["0 3 * * mon", "0 3 * * tue", false],
  ["0 3 * * mon-fri", "0 3 * * 5", true],
  ["0 3 * * 7", "0 3 * * sun", true],
  ["0 3 1 * *", "0 3 2 * *", false],
  ["0 3 1 * *", "0 3 * * mon", true],
  ["0 3 1 1 *", "0 3 1 2 *", false],
  ["@daily", "0 0 15 * *", true],
  ["@hourly", "5 * * * *", false],
  ["5/10 * * * *", "25 * * * *", true],
])("%j and %j meet: %s", (a, b, meet) => {
  expect(slotsCollide(cronSlots(a)!, cronSlots(b)!)).toBe(meet);
  expect(slotsCollide(cronSlots(b)!, cronSlots(a)!)).toBe(meet);
});
