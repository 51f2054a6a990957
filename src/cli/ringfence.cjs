#!/usr/bin/env node
// The first file that runs: plain ES5, so that any Node can read it and an old one says what is needed.
//
// A run starts main.cjs, and attended.cjs where it needs that too, with the code that V8 made of them in an earlier run,
// which costs 0.15 of a bare start of Node less than compiling them again. That code lies beside them, so that only who
// could change the one could change the other, behind its SHA-256, since V8 runs damaged code as it is. Where it can't
// be read or written, they are compiled at each start.
"use strict";

var needed = [24, 15];
var found = process.versions.node.split(".");
var major = Number(found[0]);

// The digest of both: the build puts it here.
var digest = "none";

var SUM_BYTES = 32;

function sumOf(data) {
  return process.getBuiltinModule("node:crypto").hash("sha256", data, "buffer");
}

function keptCode(fs, codeFile) {
  var kept, code;
  try {
    kept = fs.readFileSync(codeFile);
  } catch (_) {
    return undefined;
  }
  code = kept.subarray(SUM_BYTES);
  return sumOf(code).equals(kept.subarray(0, SUM_BYTES)) ? code : undefined;
}

function write(fs, path, file, script) {
  var handle = fs.openSync(path, "wx", 384); // rw-------
  var code;
  try {
    code = script.createCachedData();
    fs.writeFileSync(handle, Buffer.concat([sumOf(code), code]));
    fs.fchmodSync(handle, fs.statSync(file).mode & 511);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

// Without it the next start compiles again: no reason for a run to fail.
function keepCode(fs, codeFile, file, script) {
  var own = codeFile + "." + process.pid;
  try {
    write(fs, own, file, script);
    fs.renameSync(own, codeFile);
  } catch (_) {
    try {
      fs.unlinkSync(own);
    } catch (_) {
      // A folder that is not ours to write into, or that is gone by now.
    }
  }
}

// They ask for few modules of Node's, but often; and for cli.js, which is an ES module.
var modules = {};
function requireOnce(name) {
  if (!modules[name]) {
    modules[name] =
      name === "./attended.cjs" ? load("attended") : process.getBuiltinModule(name) || require(name);
  }
  return modules[name];
}

var uncompiled = [];
function keepNew() {
  uncompiled.forEach(function (keep) {
    keep();
  });
}

function load(name) {
  var fs = process.getBuiltinModule("node:fs");
  var vm = process.getBuiltinModule("node:vm");
  var file = __dirname + "/" + name + ".cjs";
  var codeFile = __dirname + "/" + name + "-" + digest + "-" + process.version + "-" + process.arch + ".v8";
  // Only a run needs node:crypto anyway. Options may stand before the word.
  var code = process.argv.indexOf("run", 2) > 0 ? keptCode(fs, codeFile) : undefined;
  // The bundler writes ASCII only.
  var script = new vm.Script(fs.readFileSync(file, "latin1"), { filename: file, cachedData: code });
  var loaded = { exports: {} };
  if (!code || script.cachedDataRejected) {
    uncompiled.push(function () {
      keepCode(fs, codeFile, file, script);
    });
  }
  script.runInThisContext()(loaded, requireOnce);
  return loaded.exports;
}

if (major > needed[0] || (major === needed[0] && Number(found[1]) >= needed[1])) {
  load("main").start(process.argv.slice(2), keepNew);
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
