/**
 * Makes keys in bulk on a home whose server does not run: a million of them by the command would take an hour.
 * Run as `bun bench/seed-keys.ts COUNT FILE` with the QUOIN_* environment of that home; writes the keys to FILE,
 * one a line, all of one length.
 *
 * TO BE FILLED IN when src/storage and src/accounts are there: open the stores as src/app.ts does, make COUNT keys
 * of the account "bench" in transactions of a few thousand, and write what was made. Until then it ends with
 * a sentence, and the keys scenario says that it was not measured.
 */
function seedKeys(count: number, file: string): Promise<void> {
	throw new Error(
		`Keys cannot be made in bulk yet (${count} for ${file}): fill in bench/seed-keys.ts.`,
	);
}

if (import.meta.main) {
	const [count, file] = process.argv.slice(2);
	try {
		await seedKeys(Number(count), file ?? "");
	} catch (cause) {
		console.error(cause instanceof Error ? cause.message : String(cause));
		process.exit(1);
	}
}
