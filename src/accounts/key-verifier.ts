import { Lru } from "../base/lru.ts";
import { GatewayError } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { isWellFormed } from "./key-format.ts";
import type { AccountStore } from "./store.ts";

/** HMAC-SHA-256 with the installation's secret, in base64. */
function keyedHash(secret: string, key: string): string {
  return new Bun.CryptoHasher("sha256", secret).update(key).digest("base64");
}

/** The keyed hash under which a key is stored. */
export function hashKey(secret: string, key: string): Uint8Array {
  return Uint8Array.fromBase64(keyedHash(secret, key));
}

export interface KeyVerifier {
  /**
   * Who this key belongs to.
   * @throws GatewayError `malformed_key` without a look-up, or `invalid_key`.
   */
  verify(key: string): Principal | Promise<Principal>;
  /** A key was revoked: it must not be served from memory. */
  forgetKey(keyId: string): void;
  /** It is not known which keys were revoked. */
  forgetAll(): void;
}

const UNKNOWN =
  "This API key is unknown or was revoked; make a new one, or check that it belongs to this service.";
const MALFORMED =
  "This API key is malformed: it is cut, mistyped, or of another service; copy the whole key again.";

export function keyVerifier(
  store: Pick<AccountStore, "findPrincipal">,
  secret: string,
  cacheSize: number,
): KeyVerifier {
  const known = new Lru<string, Principal>(cacheSize);

  /** Counts what was forgotten: an answer that was asked for before that is not kept. */
  let forgotten = 0;

  function remember(id: string, principal: Principal | undefined, asked: number): Principal {
    if (!principal) throw new GatewayError("invalid_key", UNKNOWN);
    if (asked === forgotten) known.set(id, principal);
    return principal;
  }

  return {
    verify(key) {
      if (!isWellFormed(key)) throw new GatewayError("malformed_key", MALFORMED);
      const id = keyedHash(secret, key);
      const hit = known.get(id);
      if (hit) return hit;
      const asked = forgotten;
      const found = store.findPrincipal(Uint8Array.fromBase64(id));
      return found instanceof Promise
        ? found.then((principal) => remember(id, principal, asked))
        : remember(id, found, asked);
    },
    forgetAll() {
      forgotten++;
      known.forget(() => true);
    },
    forgetKey(keyId) {
      forgotten++;
      known.forget((principal) => principal.keyId === keyId);
    },
  };
}
