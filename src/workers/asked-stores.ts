import type { GatewayHome } from "../home.ts";

/** Stores of the parent's home that a worker on SQLite works with; its ledger and its limits have turns of their own. */
type AskedStores = Omit<GatewayHome, "secret" | "ledgerStore" | "shared">;
type StoreName = keyof AskedStores;

/** Every call of them that may be asked for. */
const ASKED: { readonly [Store in StoreName]: Readonly<Record<keyof AskedStores[Store], true>> } = {
  accounts: { findPrincipal: true, accountName: true, listKeys: true },
  wallets: { grant: true, walletsWithout: true, countKeys: true },
  payments: { debt: true },
  budgets: { allow: true, left: true },
  prices: { versionOf: true },
  declared: { list: true, add: true, change: true, remove: true },
  directory: { planUse: true, promptRule: true },
  brands: { list: true },
  currencies: { shownTo: true },
  history: { insert: true, find: true, findAnswer: true },
  queries: { usageOver: true },
  receipts: { legs: true, transfers: true, prices: true, keys: true, addKey: true },
  conversations: {
    putSignatures: true,
    findSignatures: true,
    deleteExpiredSignatures: true,
    putResponses: true,
    findResponse: true,
    findItems: true,
    deleteResponse: true,
    deleteExpiredResponses: true,
    putTranscripts: true,
    findTranscript: true,
    deleteTranscript: true,
    deleteTranscripts: true,
    deleteExpiredTranscripts: true,
  },
};

type Ask = (name: string, ...args: readonly unknown[]) => Promise<unknown>;
type Call = (...args: readonly unknown[]) => unknown;

/** The parent's stores, as a worker sees them. */
export function remoteStores(ask: Ask): AskedStores {
  const stores = Object.entries(ASKED).map(([store, calls]) => {
    const entries = Object.keys(calls).map((call) => [
      call,
      (...args: unknown[]) => ask(`${store}.${call}`, ...args),
    ]);
    return [store, Object.fromEntries(entries)];
  });
  // The table names every call, and all of them may answer later: it is these interfaces.
  return Object.fromEntries(stores) as AskedStores;
}

function isStore(name: string): name is StoreName {
  return Object.hasOwn(ASKED, name);
}

/** What a worker asked of the stores. @throws what the store throws, or Error where there is no such call */
export function answerFromStores(home: AskedStores, name: string, args: readonly unknown[]): unknown {
  const [store = "", call = ""] = name.split(".");
  if (!isStore(store) || !Object.hasOwn(ASKED[store], call)) throw new Error(`there is no call "${name}"`);
  const calls = home[store] as unknown as Record<string, Call>;
  return calls[call]?.(...args);
}
