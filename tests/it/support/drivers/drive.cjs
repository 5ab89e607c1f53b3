'use strict';
// Shared by all Node drivers.

/** Calls the protected API with `token` and prints what the test reads. `expiresAt` is in ms since 1970. */
async function report(token, expiresAt) {
  const headers = { Authorization: `Bearer ${token}`, 'x-api-key': process.env.TEST_API_KEY };
  const { ok } = await fetch(`${process.env.TEST_API}/api/me`, { headers });
  const left = expiresAt === undefined ? null : (expiresAt - Date.now()) / 1000;
  print(token, left, ok);
}

/** Prints the report itself, for programs that call the API on their own. */
function print(token, left, ok) {
  console.log(JSON.stringify({ access_token_prefix: String(token).slice(0, 10), expires_at_seconds_from_now: left, ok }));
}

/** For drivers: an error is told, and fails the run. */
function main(work) {
  work().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

module.exports = { report, print, main };
