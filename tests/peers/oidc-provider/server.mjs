// A certified OpenID provider as a peer of the tests: starts on a free loopback port, says where, and ends with its standard input.
//
// Standard input: first one line of JSON,
//   { "clients": [...], "accessTokenSeconds": 60, "issuer": "https://id.example" }
// (`issuer` only where something in front answers under that name), then nothing; closing it ends the process.
// Standard output: one line of JSON, { "issuer": ..., "listening": "http://127.0.0.1:PORT" }, once requests are answered.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// Standard output belongs to the ready line alone.
console.info = console.error;
const { Provider } = await import('oidc-provider');

const DAY = 86_400;
const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'api:read'];

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'peer', use: 'sig', alg: 'RS256' };
}

// A client uses a code, a refresh token or only itself, as its grant types say; the rest follows from them.
function registration(client) {
  const grantTypes = client.grant_types ?? ['authorization_code', 'refresh_token'];
  const interactive = grantTypes.includes('authorization_code');
  return {
    token_endpoint_auth_method: 'client_secret_basic',
    scope: interactive ? SCOPES.join(' ') : 'api:read',
    ...client,
    grant_types: grantTypes,
    redirect_uris: client.redirect_uris ?? [],
    response_types: interactive ? ['code'] : [],
  };
}

// Whoever signs in exists, under the name that was typed.
function findAccount(_context, sub) {
  return {
    accountId: sub,
    claims: () => ({ sub, name: `${sub} of the peer`, email: `${sub}@peer.test`, email_verified: true }),
  };
}

function configuration({ clients = [], accessTokenSeconds = 60 }) {
  return {
    clients: clients.map(registration),
    jwks: { keys: [signingKey()] },
    scopes: SCOPES,
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    findAccount,
    pkce: { required: () => true },
    // Every refresh brings a new refresh token; one used twice ends the whole grant.
    rotateRefreshToken: true,
    issueRefreshToken: async (_context, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    // The ID token carries what userinfo would, so that either way of reading an account can be tried.
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: DAY,
      Grant: DAY,
      Session: DAY,
    },
    cookies: { keys: ['the peer signs its own cookies'] },
  };
}

function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

async function start(settings) {
  const server = createServer();
  const listening = await listen(server);
  const issuer = settings.issuer ?? listening;
  const provider = new Provider(issuer, configuration(settings));
  // Behind a front of another name, its forwarded headers are what the browser sees.
  provider.proxy = settings.issuer !== undefined;
  provider.on('server_error', (_context, error) => console.error(error));
  server.on('request', provider.callback());
  process.stdout.write(`${JSON.stringify({ issuer, listening })}\n`);
}

const input = createInterface({ input: process.stdin });
input.once('line', (line) => {
  start(JSON.parse(line)).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
input.once('close', () => process.exit(0));
