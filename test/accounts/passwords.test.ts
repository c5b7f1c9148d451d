import { describe, expect, test } from "bun:test";
import { readEmail } from "../../src/accounts/people/emails.ts";
import { checkPassword, hashPassword, isPassword } from "../../src/accounts/people/passwords.ts";

describe("passwords", () => {
  test.each([
    "Password123!",
    "password1234",
    "letmein12345",
    "iloveyou2024",
    "abcabcabcabc",
    "0987654321",
    "poiuytrewq",
    "1q2w3e4r5t6y",
    "ann.lee@example.com",
    "xann.lee.1",
    "sunshine!!!!",
  ])("%s is refused", (password) => {
    expect(() => checkPassword(password, "ann.lee@example.com")).toThrow(/^password: /);
  });

  test.each([
    "four words of mine",
    "correct horse battery",
    "Tr0ub4dor&3x",
    "我的密码有十个字以上",
    "annleecansing",
  ])("%s is taken", (password) => expect(checkPassword(password, "ann@example.com")).toBeUndefined());

  test("one letter typed in two ways is one", async () => {
    const hash = await hashPassword("Grüße aus Wien".normalize("NFD"));
    expect(hash).toStartWith("$argon2id$");
    expect(await isPassword("Grüße aus Wien".normalize("NFC"), hash)).toBe(true);
    expect(await isPassword("Grüsse aus Wien", hash)).toBe(false);
    expect(await isPassword("anything at all", undefined)).toBe(false);
  });

  test("nobody's password takes as long as somebody's", async () => {
    const hash = await hashPassword("four words of mine");
    const timeOf = async (known: string | undefined) => {
      const beganMs = performance.now();
      for (let times = 0; times < 3; times++) await isPassword("not this one", known);
      return performance.now() - beganMs;
    };
    await timeOf(undefined);
    const [somebody, nobody] = [await timeOf(hash), await timeOf(undefined)];
    expect(nobody).toBeGreaterThan(somebody / 5);
  });
});

describe("e-mail addresses", () => {
  test("are one in small letters", () => {
    expect(readEmail(" Ann.Lee+x@Example.COM ")).toBe("ann.lee+x@example.com");
    expect(readEmail("用户@例子.公司")).toBe("用户@例子.公司");
  });

  test.each([
    "",
    "a",
    "a@b",
    "a b@example.com",
    "a@example..com",
    "a@-example.com",
    "a@b.c\r\nBcc: x@y.z",
    `"a"@b.co`,
  ])("%j is none", (text) => expect(() => readEmail(text)).toThrow("no e-mail address"));
});
