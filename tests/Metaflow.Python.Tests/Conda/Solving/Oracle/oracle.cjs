// Solves requests with another solver, to compare: node oracle.cjs <folder with node_modules>.
// Each line of the input is {"specs": […], "channels": [folder, …], "platform": "linux-64", "virtual": [[name, version, build], …]};
// each line of the output is {"records": ["channel/platform::file", …]} or {"error": text}, with "milliseconds".
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

// Channels are folders: what the solver fetches is read from them. It cannot read file:// itself.
const folders = new Map();
globalThis.fetch = async (request) => {
  const url = typeof request === 'string' ? request : request.url;
  const [, channel, rest] = /^http:\/\/oracle\.invalid\/([^/]+)\/(.*)$/.exec(url);
  const file = path.join(folders.get(channel), rest);
  const found = fs.existsSync(file);
  const response = new Response(found ? fs.readFileSync(file) : 'none', { status: found ? 200 : 404 });
  // The solver asks the answer for its address.
  Object.defineProperty(response, 'url', { value: url });
  return response;
};

const { createRequire } = require('module');
const rattler = createRequire(path.join(process.argv[2], 'package.json'))('@conda-org/rattler');
let cases = 0;

async function solve(line) {
  const { specs, channels, platform, virtual } = JSON.parse(line);
  const prefix = `k${cases++}-`;
  const urls = channels.map((folder, index) => {
    folders.set(`${prefix}${index}`, folder);
    return `http://oracle.invalid/${prefix}${index}`;
  });
  // It finds out nothing of the machine: virtual packages are given as installed ones.
  const locked = virtual.map(([name, version, build]) => ({
    packageName: name, version, build, buildNumber: 0, subdir: platform, depends: [], filename: `${name}-${version}-${build}.conda`,
    url: `http://oracle.invalid/virtual/${name}-${version}-${build}.conda`, repoName: 'virtual',
  }));
  const start = process.hrtime.bigint();
  const answer = {};
  try {
    const solved = await rattler.simpleSolve(specs, urls, [platform, 'noarch'], locked);
    answer.records = solved.filter((record) => !record.packageName.startsWith('__')).map((record) => {
      const [, index, rest] = /^http:\/\/oracle\.invalid\/k\d+-(\d+)\/(.*)$/.exec(record.url);
      return `c${index}/${path.dirname(rest)}::${path.basename(rest)}`;
    }).sort();
  } catch (error) {
    answer.error = String(error.message ?? error);
  }
  answer.milliseconds = Number((process.hrtime.bigint() - start) / 1000000n);
  process.stdout.write(JSON.stringify(answer) + '\n');
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await solve(line);
  }
})();
