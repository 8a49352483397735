// npm run rehearse: from a bare clone to a rehearsed cluster. Options after `--` go to `tripod rehearse`.
import { call, prepare } from "./prepare.mjs";

prepare();
const options = process.argv.slice(2);
// By default the machines are left running, and no drill is run.
const isExplicit = options.some((option) => ["--drill", "--no-drill", "--all", "--from", "--down"].includes(option));
const usual = ["--keep", ...(isExplicit ? [] : ["--no-drill"])];
const inventory = options.some((option) => option === "-i" || option === "--from" || option.startsWith("--inventory"))
  ? []
  : ["-i", "inventories/lab.yaml"];
process.exit(call(process.execPath, ["dist/cli/main.js", "rehearse", ...inventory, "--install", ...usual, ...options]));
