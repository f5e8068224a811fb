// node build.mjs TOOL OPTIONS SOURCE WIT OUT: builds a component with one of the tools that package.json names.
import { readFileSync, writeFileSync } from 'node:fs';

const [tool, options, source, wit, out] = process.argv.slice(2);
const { componentize } = await import(tool);
const given = tool === 'componentize-qjs'
    // It has no module for the functions of a world: they are global.
    ? {
        jsSource: readFileSync(source, 'utf8').replace("import now from 'now';", 'const now = () => globalThis.now();'),
        jsPath: source,
        world: 'script',
    }
    : { sourcePath: source, worldName: 'script' };
const { component } = await componentize({ ...given, witPath: wit, ...JSON.parse(options) });
writeFileSync(out, component);
