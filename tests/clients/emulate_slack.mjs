// The Slack of `emulate` on a free port of loopback. Its seed is the first line of the input; each further line puts it back
// to that seed. Either is answered by its address. It ends with its input.
import { createInterface } from "node:readline";
import { createServer } from "node:net";
import { createEmulator } from "emulate";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let slack = null;
for await (const line of createInterface({ input: process.stdin })) {
  if (slack) slack.reset();
  else slack = await createEmulator({ service: "slack", port: await freePort(), seed: JSON.parse(line) });
  process.stdout.write(`${slack.url}\n`);
}
await slack?.close();
