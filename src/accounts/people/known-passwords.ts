/** Beginnings of what people choose most, of ten characters and more once repeated or filled up with digits. */
const WORDS =
  `password passwort motdepasse contrasena senha parola wachtwoord qwerty qwertyuiop qwertzuiop azerty asdfghjkl
  zxcvbnm letmein welcome iloveyou sunshine princess football baseball basketball superman batman starwars pokemon
  trustno1 dragon monkey master shadow michael jennifer jordan liverpool chelsea arsenal whatever computer internet
  administrator admin root changeme default secret testtest test123 abc123 a1b2c3d4 1q2w3e4r 1qaz2wsx q1w2e3r4 zaq12wsx
  passw0rd p@ssw0rd p@ssword pa55word woaini aini1314 5201314 google facebook samsung corvette mustang hunter freedom
  charlie summer winter autumn spring monday friday january december`.split(/\s+/);

const DIGITS = "01234567890123456789";
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ROWS = [
  DIGITS,
  LETTERS,
  "qwertyuiopasdfghjklzxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

const backwards = (text: string) => [...text].reverse().join("");

/** Whether a password is among those that are guessed first: known words with digits, rows of keys, repetitions. */
export function isOftenChosen(password: string): boolean {
  const plain = password.toLowerCase();
  if (/^(.{1,5})\1+.{0,2}$/u.test(plain)) return true;
  if (ROWS.some((row) => (row + row).includes(plain) || backwards(row + row).includes(plain))) return true;
  const core = plain.replace(/^[\d\W_]+|[\d\W_]+$/gu, "");
  const whole = plain.replace(/[\W_]+$/u, "");
  return WORDS.some((word) => word === core || word === whole || word + word === core);
}
