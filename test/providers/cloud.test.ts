import { describe, expect, test } from "bun:test";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { bedrockScope } from "../../src/core/cloud-credential.ts";
import { cloudBetas, withMembers } from "../../src/providers/cloud/anthropic-body.ts";
import { anthropicRefusal } from "../../src/providers/cloud/anthropic-refusal.ts";
import { eventStreamReader } from "../../src/providers/cloud/event-stream.ts";
import { tokenRequest } from "../../src/providers/cloud/google-credential.ts";
import { awsKeysOf, signedHeaders } from "../../src/providers/cloud/sigv4.ts";
import { streamMessage } from "../support/event-stream.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("a body as a cloud takes it", () => {
  test("loses members and gets others, all else as it was written", () => {
    const body = bytesOf('{ "model" : "m", "messages":[ {"a": 1.0} ],"stream":true , "top_p":0.10}');
    const made = withMembers(body, new Set(["model", "stream"]), ['"anthropic_version":"v"']);
    expect(text(made)).toBe('{"anthropic_version":"v","messages":[ {"a": 1.0} ],"top_p":0.10}');
  });

  test("may have nothing of either", () => {
    expect(text(withMembers(bytesOf("{}"), new Set(), []))).toBe("{}");
    expect(text(withMembers(bytesOf('{"model":"m"}'), new Set(["model"]), ['"a":1']))).toBe('{"a":1}');
  });

  test("names the features that clouds know, and those under the name that they have there", () => {
    const header = "claude-code-20250219, interleaved-thinking-2025-05-14,advanced-tool-use-2025-11-20";
    expect(cloudBetas(header)).toEqual(["interleaved-thinking-2025-05-14", "tool-search-tool-2025-10-19"]);
    expect(cloudBetas(undefined)).toEqual([]);
  });
});

const REFUSALS: readonly [what: string, status: number, body: string, type: string, message: string][] = [
  [
    "of the model",
    400,
    '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}',
    "invalid_request_error",
    "no",
  ],
  ["of AWS", 429, '{"message":"Too many tokens"}', "rate_limit_error", "Too many tokens"],
  [
    "of Google",
    404,
    '{"error":{"code":404,"message":"no model","status":"NOT_FOUND"}}',
    "not_found_error",
    "no model",
  ],
  ["of Google in a list", 403, '[{"error":{"message":"denied"}}]', "permission_error", "denied"],
  ["of a proxy", 502, "<html>Bad Gateway</html>", "api_error", "<html>Bad Gateway</html>"],
  ["without words", 500, "", "api_error", "The upstream answered 500."],
];

test.each(REFUSALS)("a refusal %s is told in Anthropic's words", (_, status, body, type, message) => {
  expect(anthropicRefusal(status, body)).toEqual({ type: "error", error: { type, message } });
});

describe("AWS's event stream", () => {
  const messages = [
    streamMessage({ ":message-type": "event", ":event-type": "chunk" }, '{"bytes":"e30="}'),
    streamMessage({ ":message-type": "exception" }, ""),
    streamMessage({}, "x".repeat(3_000)),
  ];
  const whole = new Uint8Array(Buffer.concat(messages));

  test("is read the same however it is cut", () => {
    for (let cut = 0; cut <= whole.length; cut += 7) {
      const reader = eventStreamReader();
      const read = [...reader.read(whole.subarray(0, cut)), ...reader.read(whole.subarray(cut))];
      expect(read.map(({ headers }) => headers)).toEqual([
        { ":message-type": "event", ":event-type": "chunk" },
        { ":message-type": "exception" },
        {},
      ]);
      expect(read.map(({ payload }) => payload.length)).toEqual([16, 0, 3_000]);
      expect(reader.isBetween()).toBe(true);
    }
  });

  test("knows when it was cut within a message", () => {
    const reader = eventStreamReader();
    reader.read(whole.subarray(0, 20));
    expect(reader.isBetween()).toBe(false);
  });

  test("is refused with any byte changed", () => {
    const [first] = messages;
    for (let at = 0; first && at < first.length; at++) {
      const changed = first.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => eventStreamReader().read(changed)).toThrow("damaged");
    }
  });
});

describe("Signature Version 4", () => {
  const keys = {
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    sessionToken: undefined,
  };
  const atMs = Date.UTC(2015, 7, 30, 12, 36);

  test("signs as AWS's own suite of tests has it (post-x-www-form-urlencoded)", () => {
    const headers = signedHeaders({
      ...{ url: "https://example.amazonaws.com/", body: bytesOf("Param1=value1"), keys, atMs },
      ...{ contentType: "application/x-www-form-urlencoded", region: "us-east-1", service: "service" },
    });
    expect(headers.authorization).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
  });

  test("a session's token is signed, and a model's name encoded once more", () => {
    const signing = {
      body: bytesOf("{}"),
      contentType: "application/json",
      region: "us-east-1",
      service: "bedrock",
      atMs,
    };
    const url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/a%3A0/invoke";
    const headers = signedHeaders({ ...signing, url, keys: { ...keys, sessionToken: "token" } });
    expect(headers["x-amz-security-token"]).toBe("token");
    expect(headers.authorization).toContain(
      "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token",
    );
    const plain = signedHeaders({ ...signing, url: url.replace("%3A", ":"), keys });
    expect(plain.authorization).not.toBe(signedHeaders({ ...signing, url, keys }).authorization);
  });

  test("knows keys from other credentials, and an address's region", () => {
    expect(awsKeysOf("AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG")).toEqual({
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG",
      sessionToken: undefined,
    });
    expect(awsKeysOf("ASIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG:a:b")?.sessionToken).toBe("a:b");
    expect(awsKeysOf("ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl")).toBeUndefined();
    expect(bedrockScope("https://bedrock-runtime.eu-west-1.amazonaws.com")).toEqual({
      region: "eu-west-1",
      service: "bedrock",
    });
    expect(bedrockScope("https://bedrock-mantle.us-east-1.api.aws/openai/v1")).toEqual({
      region: "us-east-1",
      service: "bedrock-mantle",
    });
    expect(bedrockScope("https://proxy.example.com")).toBeUndefined();
  });
});

describe("a Google credential", () => {
  test("a service account's key signs for itself", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const file = {
      type: "service_account",
      client_email: "a@b",
      private_key_id: "k",
      private_key: privateKey,
    };
    const { url, form } = tokenRequest(JSON.stringify(file), 1_000_000);
    expect(url).toBe("https://oauth2.googleapis.com/token");
    const [header = "", claims = "", signature = ""] = (form.assertion ?? "").split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
      alg: "RS256",
      typ: "JWT",
      kid: "k",
    });
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
      ...{ iss: "a@b", scope: "https://www.googleapis.com/auth/cloud-platform", aud: url },
      ...{ iat: 1_000, exp: 4_600 },
    });
    const verify = createVerify("sha256").update(`${header}.${claims}`);
    expect(verify.verify(publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test("another file is refused by name", () => {
    expect(() => tokenRequest('{"type":"external_account"}', 0)).toThrow("service account");
  });
});
