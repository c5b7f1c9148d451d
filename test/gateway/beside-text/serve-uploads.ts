/** A gateway in a process of its own, whose memory is nobody else's: prints its port and a key, ends with stdin. */
import { sideConfig } from "../../support/beside-text.ts";
import { startGateway } from "../../support/gateway.ts";

const gateway = await startGateway({ config: sideConfig(process.argv[2] ?? "") });
const { key } = await gateway.customer({ usd: "1000" });
console.log(JSON.stringify({ port: gateway.port, key }));
for await (const _ of Bun.stdin.stream()) {
  // The test's word to end is the end of its pipe.
}
await gateway.close();
