/** The official SDKs that package.json pins, unmodified, on the `node` of this machine. */
import { describeScripts } from "../scripts.ts";
import { NODE_SCRIPTS } from "./node-scripts.ts";

describeScripts({
  name: "Node SDKs",
  program: "node",
  folder: import.meta.dir,
  scripts: NODE_SCRIPTS,
});
