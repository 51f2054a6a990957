#!/usr/bin/env node
// The first file that runs: plain ES5, so that any Node can read it and an old one says what is needed.
//
// A run starts main.cjs, and attended.cjs where it needs that too, with the code that V8 made of them in an earlier run,
// which costs 0.15 of a bare start of Node less than compiling them again; every other command starts cli.cjs so, in
// little more than half of the time. That code lies beside them, so that only who could change the one could change the
// other, behind its SHA-256, since V8 runs damaged code as it is. Where it can't be read or written, they are compiled
// at each start.
"use strict";

var needed = [24, 15];
var found = process.versions.node.split(".");
var major = Number(found[0]);

// The digest of all three: the build puts it here.
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

// A bundle (./NAME.cjs), a module of Node's, or what the user has installed: by its name, or by the URL of its file.
function moduleOf(name) {
  if (name.charAt(0) === ".") return load(name.slice(2, -4));
  if (name.indexOf("file:") === 0) return require(process.getBuiltinModule("node:url").fileURLToPath(name));
  return process.getBuiltinModule(name) || require(name);
}

// They ask for few modules, but often.
var modules = {};
function requireOnce(name) {
  if (!modules[name]) modules[name] = moduleOf(name);
  return modules[name];
}

// What keeps the code of a bundle that was compiled.
var compiled = {};
function keepNew(names) {
  names.forEach(function (name) {
    if (compiled[name]) compiled[name]();
  });
}

function load(name) {
  var fs = process.getBuiltinModule("node:fs");
  var vm = process.getBuiltinModule("node:vm");
  var file = __dirname + "/" + name + ".cjs";
  var codeFile = __dirname + "/" + name + "-" + digest + "-" + process.version + "-" + process.arch + ".v8";
  // What begins in main.cjs and is no run needs no node:crypto for it. Options may stand before the word.
  var code = name !== "main" || process.argv.indexOf("run", 2) > 0 ? keptCode(fs, codeFile) : undefined;
  // The build writes ASCII only.
  var script = new vm.Script(fs.readFileSync(file, "latin1"), { filename: file, cachedData: code });
  var loaded = { exports: {} };
  if (!code || script.cachedDataRejected) {
    compiled[name] = function () {
      keepCode(fs, codeFile, file, script);
    };
  }
  script.runInThisContext()(loaded, requireOnce, file);
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
