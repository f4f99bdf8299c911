// Runs commands of the Salesforce CLI one after the other in one process: each start of it takes seconds. Reads
// {commands: [{name, id, words}]}; prints, by name, what was printed and the exit code.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";

process.setMaxListeners(1000);
const root = fileURLToPath(new URL("node_modules/@salesforce/cli", import.meta.url));
const config = await Config.load({ root });
const { commands } = JSON.parse(readFileSync(0, "utf8"));
const write = process.stdout.write.bind(process.stdout);
const answers = {};

async function run({ id, words }) {
  const printed = [];
  process.stdout.write = (chunk) => printed.push(String(chunk)) > 0;
  let failure = null;
  process.exitCode = undefined;
  try {
    await config.runCommand(id, words);
  } catch (error) {
    failure = `${error.name}: ${error.message}`;
  }
  process.stdout.write = write;
  const text = printed.join("");
  return { text, code: process.exitCode ?? 0, failure };
}

for (const command of commands) answers[command.name] = await run(command);
write(JSON.stringify(answers), () => process.exit(0));
