// Calls functions of a transpiled component, one after another, and prints the results as JSON, a line each.
// node call.mjs MODULE INTERFACE '[["name", argument…], …]'
const [module, name, calls] = process.argv.slice(2);
const component = await import(module);
const plain = (value) => (value instanceof Uint8Array ? [...value] : value);
for (const [method, ...given] of JSON.parse(calls)) {
  const values = given.map((value) => (Array.isArray(value) ? new Uint8Array(value) : (value ?? undefined)));
  try {
    console.log(JSON.stringify({ ok: plain(await component[name][method](...values)) }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.payload ?? String(error) }));
  }
}
process.exit(0);
