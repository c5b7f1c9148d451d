import { seeded } from "../simulation/random.ts";
import { sqliteStorage } from "../simulation/sqlite-server.ts";
import { BEGAN_AT } from "../simulation/store-server.ts";
import { type LedgerFixture, ledgerContract } from "./ledger-contract.ts";

ledgerContract("SQLite", (): LedgerFixture => {
  const time = { ms: 0 };
  const storage = sqliteStorage({
    clock: { now: () => BEGAN_AT + time.ms, monotonic: () => time.ms },
    random: seeded(1),
    transparent: true,
    onFatal: () => undefined,
  });
  const server = storage.open();
  return {
    server,
    setTime: (ms) => {
      time.ms = ms;
    },
    crash() {
      server.answered();
      return Promise.resolve(storage.open());
    },
    dispose: storage.dispose,
    remote: false,
  };
});
