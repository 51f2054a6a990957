#!/usr/bin/env node
// The first file that runs: plain ES5, so that any Node can read it and an old one says what is needed.
//
// It starts main.cjs with the code that V8 made of it in an earlier run, which costs 0.12 of a bare start of Node
// less than compiling it again. That code lies beside main.cjs, so that only who could change the one could change the
// other; it is named after its digest, and V8 refuses what it made in another version or with other flags. Where it
// can't be written, main.cjs is compiled at each start.
"use strict";

var needed = [24, 15];
var found = process.versions.node.split(".");
var major = Number(found[0]);

// The digest of main.cjs: the build puts it here.
var digest = "none";

function keepCode(fs, codeFile, script) {
  var own = codeFile + "." + process.pid;
  var handle;
  try {
    handle = fs.openSync(own, "wx", 420); // rw-r--r--
    try {
      fs.writeFileSync(handle, script.createCachedData());
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(own, codeFile);
  } catch (_) {
    // A folder that is not ours to write into: the next start compiles again.
    fs.rmSync(own, { force: true });
  }
}

// main.cjs asks for few modules of Node's, but often; and for cli.js, which is an ES module.
var modules = {};
function requireOnce(name) {
  if (!modules[name]) modules[name] = process.getBuiltinModule(name) || require(name);
  return modules[name];
}

function startMain() {
  var fs = process.getBuiltinModule("node:fs");
  var vm = process.getBuiltinModule("node:vm");
  var file = __dirname + "/main.cjs";
  var codeFile = __dirname + "/main-" + digest + "-" + process.version + "-" + process.arch + ".v8";
  var code = fs.existsSync(codeFile) ? fs.readFileSync(codeFile) : undefined;
  // The bundler writes ASCII only.
  var script = new vm.Script(fs.readFileSync(file, "latin1"), { filename: file, cachedData: code });
  var main = { exports: {} };
  script.runInThisContext()(main, requireOnce);
  function keepNew() {
    if (!code) keepCode(fs, codeFile, script);
  }
  main.exports.start(process.argv.slice(2), keepNew);
}

if (major > needed[0] || (major === needed[0] && Number(found[1]) >= needed[1])) {
  startMain();
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
