// Turns connector.js into a component: `node build.mjs WIT OUTPUT`, where WIT is a folder with this world and the contract.

import { writeFile } from "node:fs/promises";
import { componentize } from "@bytecodealliance/componentize-js";

const [witPath, output] = process.argv.slice(2);
const sourcePath = new URL("connector.js", import.meta.url).pathname;
const { component } = await componentize({
  sourcePath,
  witPath,
  worldName: "curious",
  // What would import WASI's own HTTP, which no connector gets.
  disableFeatures: ["http", "fetch-event"],
});
await writeFile(output, component);
