// Runs the storage emulator of firebase-tools on 127.0.0.1, without its Java part: node google.js FOLDER PORT
// FOLDER has the module. Its data are in TMPDIR. The line 'ready' says that it answers; it ends when its input does.
const path = require("path");
const [folder, port] = process.argv.slice(2);
const module_ = (name) => require(path.join(folder, "node_modules", "firebase-tools", "lib", "emulator", name));
const { StorageEmulator } = module_("storage");
const { createApp } = module_("storage/server");
const { EmulatorRegistry } = module_("registry");

const host = "127.0.0.1";
EmulatorRegistry.url = () => new URL(`http://${host}:${port}`);
EmulatorRegistry.isRunning = () => false;
EmulatorRegistry.getInfo = () => ({ host, port: Number(port) });

const emulator = new StorageEmulator({
    host, port: Number(port), projectId: "demo-metaflow", rules: { name: "storage.rules", content: "" }, auto_download: false,
});
// Its other layer asks rules that only the Java part understands.
emulator._storageLayer = emulator._adminStorageLayer;
createApp("demo-metaflow", emulator).then((app) => app.listen(Number(port), host, () => console.log("ready")));
process.stdin.on("end", () => process.exit(0)).resume();
