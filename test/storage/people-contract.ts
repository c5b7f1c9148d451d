import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import { accountOf, bytesOf, NOW, type PeopleFixture, signUpOf, userOf } from "./people-fixture.ts";

const trial = (nanos: bigint, ...targets: string[]) => ({ nanos, targets: targets.map(bytesOf) });

/** What every store of people must do; `open` gives an empty one. */
export function peopleContract(name: string, open: () => Promise<PeopleFixture>): void {
  describe(`people: ${name}`, () => {
    let fixture: PeopleFixture;
    let people: PeopleFixture["people"];
    beforeEach(async () => {
      fixture = await open();
      people = fixture.people;
    });
    afterEach(() => fixture.dispose());

    async function addUser(email: string): Promise<string> {
      const wish = signUpOf(email);
      expect(await people.users.signUp(wish)).toBe("made");
      return wish.user.userId;
    }

    test("a sign-up makes user, account, wallet, credit and owner, all at once", async () => {
      const account = accountOf("ann", { trial: trial(5n, "ann") });
      const wish = signUpOf("ann@example.com", { account });
      expect(await people.users.signUp(wish)).toBe("made");
      expect(await people.users.find({ email: "ann@example.com" })).toEqual(wish.user);
      expect(await fixture.balance(account.walletId)).toBe(5n);
      const hash = bytesOf("session");
      const { userId } = wish.user;
      await people.sessions.add({ ...sessionOf(userId), hash });
      const signedIn = await people.sessions.find(hash, NOW);
      expect(signedIn?.accounts).toEqual([
        {
          accountId: account.accountId,
          name: "ann",
          displayName: "ANN",
          role: "owner",
          monthlyCapNanos: undefined,
        },
      ]);
    });

    test("an address or a number gives credit once, ever", async () => {
      const first = accountOf("a", { trial: trial(5n, "mail:a", "phone:1") });
      const second = accountOf("b", { trial: trial(5n, "mail:b", "phone:1") });
      await people.users.signUp(signUpOf("a@example.com", { account: first }));
      expect(await people.users.signUp(signUpOf("b@example.com", { account: second }))).toBe("made");
      expect(await fixture.balance(first.walletId)).toBe(5n);
      expect(await fixture.balance(second.walletId)).toBe(0n);
    });

    test("a trial account is one for each target, and waits for the user who proves it", async () => {
      const open = (account: string, target: string, ownerId?: string) => {
        const { trial: _, ...bare } = accountOf(account);
        const claim = { account: bare, targets: [bytesOf(target)], proofs: [], ownerId, at: NOW };
        return { bare, outcome: people.users.openTrial(claim) };
      };
      const made = open("one", "mail:ann");
      expect(await made.outcome).toBe("made");
      const outcomes = await Promise.all(["two", "three"].map((name) => open(name, "mail:ann").outcome));
      expect(outcomes).toEqual(["taken", "taken"]);
      const ann = signUpOf("ann@example.com", { account: undefined, trialAccounts: [bytesOf("mail:ann")] });
      const eve = signUpOf("eve@example.com", { account: undefined, trialAccounts: [bytesOf("mail:ann")] });
      expect(await people.users.signUp(ann)).toBe("made");
      expect(await people.users.signUp(eve)).toBe("made");
      const members = await people.organisations.members(made.bare.accountId);
      expect(members.map(({ userId, role }) => [userId, role])).toEqual([[ann.user.userId, "owner"]]);
      const owned = open("four", "mail:eve", eve.user.userId);
      expect(await owned.outcome).toBe("made");
      expect(await people.organisations.members(owned.bare.accountId)).toHaveLength(1);
    });

    test("of sign-ups at once with one address or one proof, one wins and the others leave nothing", async () => {
      const same = Array.from({ length: 5 }, (_, nth) =>
        signUpOf("ann@example.com", { account: accountOf(`ann-${nth}`) }),
      );
      const outcomes = await Promise.all(same.map((wish) => people.users.signUp(wish)));
      expect(outcomes.toSorted()).toEqual([
        "email_taken",
        "email_taken",
        "email_taken",
        "email_taken",
        "made",
      ]);
      await people.challenges.add(bytesOf("proof"), challengeOf());
      const proven = ["b", "c", "d"].map((who) =>
        signUpOf(`${who}@example.com`, { proofs: [bytesOf("proof")] }),
      );
      const proofOutcomes = await Promise.all(proven.map((wish) => people.users.signUp(wish)));
      expect(proofOutcomes.toSorted()).toEqual(["made", "used", "used"]);
      expect(await people.users.list({ limit: 10 })).toHaveLength(2);
    });

    test("a refused sign-up leaves its proofs as they were", async () => {
      await addUser("ann@example.com");
      await people.challenges.add(bytesOf("proof"), challengeOf());
      const wish = signUpOf("ann@example.com", { account: accountOf("other"), proofs: [bytesOf("proof")] });
      expect(await people.users.signUp(wish)).toBe("email_taken");
      expect(await people.challenges.find(bytesOf("proof"), "test", NOW)).toBeDefined();
    });

    test("users are found, listed and changed", async () => {
      const ann = await addUser("ann@example.com");
      const bob = await addUser("bob_1@example.com");
      await addUser("bobx1@example.com");
      expect((await people.users.list({ text: "bob_1", limit: 10 })).map(({ userId }) => userId)).toEqual([
        bob,
      ]);
      const [newest] = await people.users.list({ limit: 1 });
      expect(await people.users.list({ limit: 10, beforeId: newest?.userId })).toHaveLength(2);
      expect(await people.users.hasOperator()).toBe(false);
      expect(await people.users.change(ann, { operator: true, displayName: "Ann", disabledAt: NOW })).toBe(
        true,
      );
      expect(await people.users.hasOperator()).toBe(true);
      const found = await people.users.find({ userId: ann });
      expect(found).toMatchObject({
        operator: true,
        displayName: "Ann",
        disabledAt: NOW,
        passwordHash: "$argon2id$…",
      });
      await people.users.change(ann, { disabledAt: undefined });
      expect((await people.users.find({ userId: ann }))?.disabledAt).toBeUndefined();
      expect(await people.users.change(newId(), { displayName: "x" })).toBe(false);
    });

    test("an address or a number belongs to one user; a number can bring the credit later", async () => {
      const wish = signUpOf("ann@example.com");
      await people.users.signUp(wish);
      const ann = wish.user.userId;
      const bob = await addUser("bob@example.com");
      expect(await people.users.setEmail(ann, "bob@example.com", NOW)).toBe("taken");
      expect(await people.users.setEmail(ann, "ann2@example.com", NOW)).toBe("set");
      const credited = await people.users.setPhone(ann, "+4915112345678", NOW, trial(7n, "phone"));
      expect(credited).toEqual({ kind: "set", credited: wish.account?.walletId });
      expect(await fixture.balance(wish.account?.walletId ?? "")).toBe(7n);
      expect(await people.users.setPhone(bob, "+4915112345678", NOW, undefined)).toEqual({ kind: "taken" });
    });

    test("of many who take an address or a number in the same moment one has it", async () => {
      const users = await Promise.all([1, 2, 3, 4, 5, 6].map((name) => addUser(`u${name}@example.com`)));
      const emails = await Promise.all(
        users.map((userId) => people.users.setEmail(userId, "one@example.com", NOW)),
      );
      expect(emails.toSorted()).toEqual(["set", "taken", "taken", "taken", "taken", "taken"]);
      const phones = await Promise.all(
        users.map((userId) => people.users.setPhone(userId, "+4915112345678", NOW, undefined)),
      );
      expect(phones.filter(({ kind }) => kind === "set")).toHaveLength(1);
    });

    test("sessions are found by their hash until they end", async () => {
      const ann = await addUser("ann@example.com");
      const [one, two] = [sessionOf(ann), sessionOf(ann)];
      await people.sessions.add({ ...one, hash: bytesOf("one") });
      await people.sessions.add({ ...two, hash: bytesOf("two") });
      await people.sessions.touch(
        two.sessionId,
        { address: "10.0.0.1", userAgent: "x" },
        NOW + 5,
        NOW + 2_000,
      );
      const listed = await people.sessions.list(ann, NOW);
      expect(listed.map(({ sessionId }) => sessionId)).toEqual([two.sessionId, one.sessionId]);
      expect(listed[0]).toMatchObject({ address: "10.0.0.1", userAgent: "x", seenAt: NOW + 5 });
      expect(await people.sessions.find(bytesOf("one"), NOW + 1_000)).toBeUndefined();
      expect(await people.sessions.end(newId(), one.sessionId)).toBe(false);
      expect(await people.sessions.endAll(ann, two.sessionId)).toBe(1);
      expect(await people.sessions.end(ann, two.sessionId)).toBe(true);
      expect(await people.sessions.find(bytesOf("two"), NOW)).toBeUndefined();
    });

    test("a disabled user's sessions do not hold", async () => {
      const ann = await addUser("ann@example.com");
      await people.sessions.add({ ...sessionOf(ann), hash: bytesOf("one") });
      await people.users.change(ann, { disabledAt: NOW });
      expect(await people.sessions.find(bytesOf("one"), NOW)).toBeUndefined();
    });

    test("tries count down, also when they come at once; one of all takers gets it", async () => {
      const hash = bytesOf("challenge");
      await people.challenges.add(hash, challengeOf());
      const tries = await Promise.all(
        Array.from({ length: 8 }, () => people.challenges.spendTry(hash, "test", NOW)),
      );
      expect(tries.filter((left) => left !== undefined)).toHaveLength(5);
      expect(await people.challenges.spendTry(hash, "other", NOW)).toBeUndefined();
      expect(await people.challenges.renew(hash, bytesOf("code"), 5, NOW, NOW + 500)).toBe(true);
      expect(await people.challenges.find(hash, "test", NOW + 500)).toBeUndefined();
      const takers = await Promise.all(
        Array.from({ length: 4 }, () => people.challenges.take(hash, "test", NOW)),
      );
      expect(takers.filter((taken) => taken !== undefined)).toHaveLength(1);
    });

    test("attempts are refused until the window has passed, and are exact when they come at once", async () => {
      const rules = [
        { kind: "send", target: bytesOf("number"), windowMs: 1_000, max: 2 },
        { kind: "send", target: bytesOf("address"), windowMs: 1_000, max: 9 },
      ];
      const waits = await Promise.all(Array.from({ length: 6 }, () => people.challenges.attempt(rules, NOW)));
      expect(waits.filter((ms) => ms === 0)).toHaveLength(2);
      expect(waits.filter((ms) => ms === 1_000)).toHaveLength(4);
      expect(await people.challenges.attempt(rules, NOW + 999)).toBe(1);
      expect(await people.challenges.attempt(rules, NOW + 1_000)).toBe(0);
      await people.challenges.forgive(rules.slice(0, 1));
      expect(await people.challenges.attempt(rules, NOW + 1_001)).toBe(0);
      await people.challenges.sweep(NOW + 5_000, NOW + 5_000);
      expect(await people.challenges.attempt(rules, NOW + 1_001)).toBe(0);
    });

    test("a time step, a recovery code and a passkey's count are good once", async () => {
      const ann = await addUser("ann@example.com");
      const { factors } = people;
      expect(await factors.setTotp(ann, bytesOf("sealed"))).toBe(true);
      expect(await factors.confirmTotp(ann, NOW, [bytesOf("r1"), bytesOf("r2")])).toBe(true);
      expect(await factors.setTotp(ann, bytesOf("another"))).toBe(false);
      expect(await factors.totp(ann)).toMatchObject({ confirmedAt: NOW });
      const steps = await Promise.all([7, 7, 7].map((step) => factors.useStep(ann, step)));
      expect(steps.filter(Boolean)).toHaveLength(1);
      expect(await factors.useStep(ann, 6)).toBe(false);
      const codes = await Promise.all([1, 2].map(() => factors.useRecoveryCode(ann, bytesOf("r1"))));
      expect(codes.filter(Boolean)).toHaveLength(1);
      expect(await factors.recoveryCodesLeft(ann)).toBe(1);
      await factors.removeTotp(ann);
      expect(await factors.totp(ann)).toBeUndefined();
      const passkey = {
        passkeyId: newId(),
        credential: "abc",
        userId: ann,
        publicKey: bytesOf("key"),
        counter: 0,
        transports: ["usb", "nfc"],
        name: "stick",
        createdAt: NOW,
        usedAt: undefined,
      };
      expect(await factors.addPasskey(passkey)).toBe(true);
      expect(await factors.addPasskey({ ...passkey, passkeyId: newId() })).toBe(false);
      expect(await factors.passkeys(ann)).toEqual([{ ...passkey, publicKey: expect.anything() }]);
      expect(await factors.usePasskey(passkey.passkeyId, 0, NOW)).toBe(true);
      expect(await factors.usePasskey(passkey.passkeyId, 3, NOW)).toBe(true);
      expect(await factors.usePasskey(passkey.passkeyId, 3, NOW)).toBe(false);
      expect((await factors.findPasskey("abc"))?.counter).toBe(3);
      expect(await factors.removePasskey(newId(), passkey.passkeyId)).toBe(false);
      expect(await factors.removePasskey(ann, passkey.passkeyId)).toBe(true);
    });

    test("an identity of a provider belongs to one user", async () => {
      const ann = await addUser("ann@example.com");
      const bob = await addUser("bob@example.com");
      expect(await people.users.addIdentity("github", "7", ann, NOW)).toBe(true);
      expect(await people.users.addIdentity("github", "7", bob, NOW)).toBe(false);
      expect(await people.users.addIdentity("github", "8", ann, NOW)).toBe(false);
      expect((await people.users.findIdentity("github", "7"))?.userId).toBe(ann);
      expect(await people.users.identities(ann)).toEqual(["github"]);
      expect(await people.users.removeIdentity(ann, "github")).toBe(true);
      const identity = { provider: "google", subject: "9" } as const;
      expect(await people.users.signUp(signUpOf("c@example.com", { identity }))).toBe("made");
      expect(await people.users.signUp(signUpOf("d@example.com", { identity }))).toBe("used");
      expect(await people.users.find({ email: "d@example.com" })).toBeUndefined();
    });

    test("an invitation is accepted once; the newest to an address counts", async () => {
      const owner = signUpOf("ann@example.com");
      await people.users.signUp(owner);
      const accountId = owner.account?.accountId ?? "";
      const invitationOf = (hash: string) => ({
        invitationId: newId(),
        accountId,
        email: "bob@example.com",
        role: "developer" as const,
        hash: bytesOf(hash),
        inviterId: owner.user.userId,
        createdAt: NOW,
        expiresAt: NOW + 1_000,
      });
      const [old, fresh] = [invitationOf("old"), invitationOf("fresh")];
      await people.organisations.invite(old);
      await people.organisations.invite(fresh);
      expect(await people.organisations.findInvitation(bytesOf("old"), NOW)).toBeUndefined();
      expect(await people.organisations.findInvitation(bytesOf("fresh"), NOW + 1_000)).toBeUndefined();
      expect(await people.organisations.invitations(accountId, NOW)).toMatchObject([
        { invitationId: fresh.invitationId, accountName: "ANN", invitedBy: "ann@example.com" },
      ]);
      const bob = signUpOf("bob@example.com", { account: undefined, invitationId: fresh.invitationId });
      expect(await people.users.signUp(bob)).toBe("made");
      expect(await people.organisations.accept(fresh.invitationId, owner.user.userId, NOW)).toBe("used");
      const members = await people.organisations.members(accountId);
      expect(members.map(({ email, role }) => [email, role])).toEqual([
        ["ann@example.com", "owner"],
        ["bob@example.com", "developer"],
      ]);
      const third = invitationOf("third");
      await people.organisations.invite({ ...third, accountId: undefined, inviterId: undefined });
      expect(await people.organisations.invitations(undefined, NOW)).toMatchObject([
        { invitedBy: undefined },
      ]);
      expect(await people.organisations.revokeInvitation(accountId, third.invitationId, NOW)).toBe(false);
      expect(await people.organisations.revokeInvitation(undefined, third.invitationId, NOW)).toBe(true);
    });

    test("an account keeps an owner, also when two leave at once", async () => {
      const wish = signUpOf("ann@example.com");
      await people.users.signUp(wish);
      const ann = wish.user.userId;
      const bob = await addUser("bob@example.com");
      const account = accountOf("both");
      const { organisations } = people;
      await organisations.create(account, ann, NOW);
      const { accountId } = account;
      expect(await organisations.find(accountId)).toEqual({ accountId, name: "both", displayName: "BOTH" });
      expect(await organisations.rename(accountId, "Both of us")).toBe(true);
      expect(await organisations.changeMember(accountId, ann, { role: "viewer" })).toBe("last_owner");
      expect(await organisations.removeMember(accountId, ann)).toBe("last_owner");
      expect(await organisations.removeMember(accountId, bob)).toBe("unknown");
      const invitationId = newId();
      const terms = { invitationId, accountId, email: "bob@example.com", role: "owner" as const };
      const times = { createdAt: NOW, expiresAt: NOW + 9 };
      await organisations.invite({ ...terms, hash: bytesOf("i"), inviterId: ann, ...times });
      await organisations.accept(invitationId, bob, NOW);
      expect(await organisations.changeMember(accountId, bob, { monthlyCapNanos: 9n })).toBe("done");
      expect((await organisations.members(accountId))[1]?.monthlyCapNanos).toBe(9n);
      expect(await organisations.changeMember(accountId, bob, { monthlyCapNanos: null })).toBe("done");
      expect((await organisations.members(accountId))[1]?.monthlyCapNanos).toBeUndefined();
      const left = await Promise.all(
        [ann, bob].map((userId) => organisations.removeMember(accountId, userId)),
      );
      expect(left.toSorted()).toEqual(["done", "last_owner"]);
      expect(userOf("x").userId).not.toBe(ann);
    });
  });
}

function sessionOf(userId: string) {
  const times = { createdAt: NOW, seenAt: NOW, expiresAt: NOW + 1_000 };
  return { sessionId: newId(), userId, ...times, address: undefined, userAgent: undefined };
}

function challengeOf() {
  const times = { sentAt: NOW, expiresAt: NOW + 1_000 };
  return {
    purpose: "test",
    userId: undefined,
    codeHash: bytesOf("code"),
    triesLeft: 5,
    content: undefined,
    ...times,
  };
}
