import { describe, expect, test } from "bun:test";
import { SettingError } from "../../src/config/setting-error.ts";
import { SETTINGS } from "../../src/config/setting-rows.ts";
import { readSettings } from "../../src/config/settings.ts";
import { tellSettings, withOption } from "../../src/config/told-settings.ts";

describe("readSettings", () => {
  test("fills in every default from an empty environment", () => {
    expect(readSettings({})).toEqual({
      home: "./.quoin",
      host: "127.0.0.1",
      port: 8787,
      workers: 1,
      workerSilenceMs: 15_000,
      configFile: "quoin.yaml",
      configFileRequired: false,
      databaseUrl: undefined,
      mixedConfig: false,
      redisUrl: undefined,
      region: undefined,
      secret: undefined,
      secretNext: undefined,
      mayBeginAnew: false,
      bodyBytesMax: 33_554_432,
      bodyDeadlineMs: 30_000,
      keepAliveMs: 20_000,
      uploadBytesMax: 25 * 1024 * 1024,
      uploadDeadlineMs: 300_000,
      keyCacheSize: 100_000,
      answerBytesMax: 67_108_864,
      fetchPrivate: [],
      signatureDays: 7,
      responseDays: 30,
      historyDays: 0,
      stripe: undefined,
      drainMs: 25_000,
      discover: "all",
      people: {
        publicUrl: undefined,
        mail: undefined,
        text: undefined,
        senderToken: undefined,
        openOutbox: false,
        github: undefined,
        google: undefined,
      },
      told: SETTINGS.map((row) => ({ ...row, isSet: false, value: undefined, option: undefined })),
    });
  });

  test("tells what is set, and neither a secret nor what an address may hold of one", () => {
    const { told } = readSettings({
      QUOIN_PORT: "8788",
      QUOIN_SECRET: "a secret that is long enough, really",
      QUOIN_DATABASE_URL: "postgres://quoin:pass-word@db.example:5432/quoin",
      QUOIN_MAIL_WEBHOOK: "https://hooks.example/T0/token-in-the-path",
      QUOIN_SENDER_TOKEN: "sender-secret",
    });
    const set = told.filter(({ isSet }) => isSet).map(({ variable, value }) => [variable, value]);
    expect(Object.fromEntries(set)).toEqual({
      QUOIN_PORT: "8788",
      QUOIN_SECRET: undefined,
      QUOIN_DATABASE_URL: "postgres://db.example:5432",
      QUOIN_MAIL_WEBHOOK: "https://hooks.example",
      QUOIN_SENDER_TOKEN: undefined,
    });
  });

  test("tells what an option of the command line said in the place of a variable", () => {
    const told = withOption(tellSettings({ QUOIN_WORKERS: "2" }), "QUOIN_WORKERS", {
      ...{ value: "4", option: "--workers" },
    });
    const said = told.filter(({ option }) => option !== undefined);
    expect(said).toMatchObject([{ variable: "QUOIN_WORKERS", isSet: true, value: "4", option: "--workers" }]);
  });

  test("no setting that names a secret is told", () => {
    const named = SETTINGS.filter(({ variable }) => /SECRET|TOKEN|_KEY$/.test(variable));
    const env = Object.fromEntries(named.map(({ variable }) => [variable, "x".repeat(40)]));
    for (const { value } of tellSettings(env)) expect(value).toBeUndefined();
  });

  test("takes what is set, and counts an empty variable as unset", () => {
    const settings = readSettings({
      QUOIN_PORT: " 0 ",
      QUOIN_HOST: "",
      QUOIN_CONFIG: "a.yaml",
      QUOIN_DISCOVER: "env",
    });
    expect(settings).toMatchObject({
      port: 0,
      host: "127.0.0.1",
      configFile: "a.yaml",
      configFileRequired: true,
    });
    expect(settings.discover).toBe("env");
  });

  test("networks of QUOIN_FETCH_PRIVATE are addresses or blocks", () => {
    expect(readSettings({ QUOIN_FETCH_PRIVATE: "127.0.0.1, fd00::/8," }).fetchPrivate).toEqual([
      "127.0.0.1",
      "fd00::/8",
    ]);
    expect(() => readSettings({ QUOIN_FETCH_PRIVATE: "10.0.0.0/33" })).toThrow(
      'QUOIN_FETCH_PRIVATE holds "10.0.0.0/33"; write addresses or CIDR blocks such as 10.0.0.0/8, with commas between.',
    );
  });

  test.each(["65536", "-1", "80.5", "8e3", "0x50", "eighty", "99999999999999999999"])(
    "refuses QUOIN_PORT=%s",
    (port) => {
      expect(() => readSettings({ QUOIN_PORT: port })).toThrow(
        `QUOIN_PORT is "${port}"; set it to a whole number from 0 to 65535 (TCP port).`,
      );
    },
  );

  test("holds every number within the bounds of its row", () => {
    for (const row of SETTINGS) {
      if (!("max" in row)) continue;
      expect(() => readSettings({ [row.variable]: String(row.max) })).not.toThrow();
      expect(() => readSettings({ [row.variable]: String(row.max + 1) })).toThrow(SettingError);
      expect(() => readSettings({ [row.variable]: String(row.min) })).not.toThrow();
      if (row.min > 0)
        expect(() => readSettings({ [row.variable]: String(row.min - 1) })).toThrow(row.variable);
    }
  });

  test("takes an address of Redis or Valkey, and no other", () => {
    const url = "rediss://user:pass@cache.internal:6380/2";
    expect(readSettings({ QUOIN_REDIS_URL: url }).redisUrl).toBe(url);
    for (const wrong of ["cache:6379", "http://cache", "redis://"]) {
      expect(() => readSettings({ QUOIN_REDIS_URL: wrong })).toThrow("QUOIN_REDIS_URL is no address such as");
    }
  });

  test("takes an address of PostgreSQL, with a secret beside it, and no other", () => {
    const url = "postgres://quoin:pass@db.internal:5432/quoin";
    const env = { QUOIN_DATABASE_URL: url, QUOIN_SECRET: "x".repeat(32) };
    expect(readSettings(env).databaseUrl).toBe(url);
    expect(() => readSettings({ QUOIN_DATABASE_URL: url })).toThrow(
      "QUOIN_SECRET is not set; with PostgreSQL",
    );
    for (const wrong of ["sqlite:x", "db:5432", "postgres://"]) {
      expect(() => readSettings({ ...env, QUOIN_DATABASE_URL: wrong })).toThrow(
        "QUOIN_DATABASE_URL is no address such as",
      );
    }
  });

  test("says whether nodes may differ in their files", () => {
    expect(readSettings({}).mixedConfig).toBe(false);
    expect(readSettings({ QUOIN_MIXED_CONFIG: "allow" }).mixedConfig).toBe(true);
    expect(() => readSettings({ QUOIN_MIXED_CONFIG: "yes" })).toThrow("set it to allow or refuse");
  });

  test("does not repeat a secret that is too short", () => {
    expect(() => readSettings({ QUOIN_SECRET: "hunter2" })).toThrow(
      /^QUOIN_SECRET has 7 characters; set 32 or more/,
    );
    expect(readSettings({ QUOIN_SECRET: "x".repeat(32) }).secret).toBe("x".repeat(32));
  });

  test("refuses another QUOIN_DISCOVER", () => {
    expect(() => readSettings({ QUOIN_DISCOVER: "none" })).toThrow(
      'QUOIN_DISCOVER is "none"; set it to off, env or all.',
    );
  });
});
