// A connector in JavaScript that takes everything it can reach, and says in its account's label what that was.

import { getEnvironment, getArguments, initialCwd } from "wasi:cli/environment@0.2.0";
import { getDirectories } from "wasi:filesystem/preopens@0.2.0";
import { instanceNetwork } from "wasi:sockets/instance-network@0.2.0";
import { resolveAddresses } from "wasi:sockets/ip-name-lookup@0.2.0";
import { createTcpSocket } from "wasi:sockets/tcp-create-socket@0.2.0";

const extras = [];

const field = (key, label, kind, secret) => ({
  key, label, help: "", kind: { tag: kind }, pattern: null, example: null, default: null, prefix: "", suffix: "",
  required: true, secret, hidden: false, advanced: false, visibleWhen: null, warning: null, extras,
});

const manifest = () => ({
  name: "curious-script",
  version: "1.0.0",
  presentation: {
    title: "Curious script", description: "Takes what it can reach.", categories: [], icon: null, documentation: null,
    registerClient: null, extras,
  },
  fields: [],
  clientFields: [],
  origins: [{ id: "api", place: { tag: "host", val: "provider.test" }, credential: true, extras }],
  scopes: [],
  actions: [],
  methods: [{
    id: "token", title: "API token", help: null, kind: { tag: "api-token", val: "token" },
    fields: [field("token", "API token", "text", true), field("port", "A port of this machine", "number", false)],
    placements: [{ tag: "header", val: ["Authorization", "Bearer "] }],
    lifetime: { absolute: null, idle: null, hardCap: null, renewable: true, extras },
    revocation: { tag: "none" },
    extras,
  }],
  requests: [{ hook: "verify", requests: [{ methods: ["GET"], origin: "api", path: "/me" }] }],
  failures: [],
  rateLimit: null,
  pagination: [],
  extras,
});

// How an attempt ended: what came of it, or the word it was refused with.
const attempt = (act) => {
  try {
    return String(act() ?? "none");
  } catch (error) {
    return String(error?.payload ?? error?.message ?? error);
  }
};

const connect = (port) => {
  const socket = createTcpSocket("ipv4");
  socket.startConnect(instanceNetwork(), { tag: "ipv4", val: { port, address: [127, 0, 0, 1] } });
  return "connecting";
};

const reach = (port) => ({
  environment: attempt(() => getEnvironment().length),
  arguments: attempt(() => getArguments().length),
  folder: attempt(() => initialCwd()),
  files: attempt(() => getDirectories().length),
  names: attempt(() => (resolveAddresses(instanceNetwork(), "localhost"), "resolving")),
  socket: attempt(() => connect(port)),
});

const verify = (connection) => {
  console.log("asking who this is");
  const request = { method: "GET", url: "https://provider.test/me", headers: [], body: null };
  const response = connection.send(request);
  if (response.status !== 200) {
    throw { advice: { tag: "reauthorize" }, code: "refused", message: "The token was refused.", extras };
  }
  const me = JSON.parse(new TextDecoder().decode(response.body));
  const label = Object.entries(reach(Number(connection.config("port")))).map((pair) => pair.join("=")).join(" ");
  return { id: me.id, label, avatar: null, grantedScopes: null, expires: null, extras };
};

export const connector = { manifest, verify };
