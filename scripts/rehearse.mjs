// npm run rehearse: from a bare clone to a rehearsed cluster. Options after `--` go to `tripod rehearse`.
import { call, prepare } from "./prepare.mjs";

prepare();
const options = process.argv.slice(2);
const inventory = options.some((option) => option === "-i" || option.startsWith("--inventory"))
  ? []
  : ["-i", "inventories/lab.yaml"];
process.exit(call(process.execPath, ["dist/cli/main.js", "rehearse", ...inventory, "--install", ...options]));
