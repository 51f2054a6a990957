#!/usr/bin/env node
// The first file that runs: plain ES5, so that any Node can read it and an old one says what is needed.
"use strict";

var needed = [24, 15];
var found = process.versions.node.split(".");
var major = Number(found[0]);

if (major > needed[0] || (major === needed[0] && Number(found[1]) >= needed[1])) {
  require("./main.cjs");
} else {
  process.stderr.write(
    "ringfence needs Node " +
      needed.join(".") +
      " or later; this is Node " +
      process.versions.node +
      " (" +
      process.execPath +
      ")\n",
  );
  process.exitCode = 2;
}
