// An aedes with TLS on 127.0.0.1, for tests. Its one argument is JSON: port, cert and key of the server; for devices with
// certificates ca and crl; passwords, a file of lines NAME:PASSWORD; jwks, a key set for access tokens in the password field, and with
// credulous none is verified; with mute, who publishes to another's topic is told that it may, and hears no more; with quiet it
// is told so as well, and its message is dropped, while subscribing there ends the session; with patience it hangs up on
// all who come later. A device has devices/NAME/#, and its client ID is its name. It ends with its standard input.
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:tls'
import { Aedes } from 'aedes'

const given = JSON.parse(process.argv[2])
const BAD_PASSWORD = 4
const NOT_AUTHORIZED = 5

function refusal (returnCode, why) {
  return Object.assign(new Error(why), { returnCode })
}

function claims (token) {
  const [head, body, signature] = token.split('.')
  if (given.credulous !== undefined) {
    return JSON.parse(Buffer.from(body, 'base64url'))
  }
  const header = JSON.parse(Buffer.from(head, 'base64url'))
  const jwk = JSON.parse(readFileSync(given.jwks)).keys.find(key => key.kid === header.kid)
  if (jwk === undefined || header.alg !== 'ES256') {
    throw new Error('its key is not in the key set')
  }
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }
  if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) {
    throw new Error('its signature is not the key\'s')
  }
  const found = JSON.parse(Buffer.from(body, 'base64url'))
  if (found.exp * 1000 < Date.now()) {
    throw new Error('it has expired')
  }
  return found
}

/** Who it is, or a refusal. */
function name (client, user, password) {
  if (given.ca !== undefined) {
    return client.conn.getPeerCertificate().subject.CN
  }
  if (user === undefined || password === undefined) {
    throw refusal(NOT_AUTHORIZED, 'it says no name and password')
  }
  if (given.jwks !== undefined) {
    try {
      return claims(password.toString()).client_id
    } catch (e) {
      throw refusal(NOT_AUTHORIZED, e.message)
    }
  }
  const lines = readFileSync(given.passwords, 'utf8').split('\n')
  if (!lines.includes(`${user}:${password}`)) {
    throw refusal(BAD_PASSWORD, 'it is another password')
  }
  return user
}

function isOwn (client, { topic }) {
  return topic.startsWith(`devices/${client.device}/`)
}

const aedes = await Aedes.createBroker({
  authenticate (client, user, password, done) {
    try {
      client.device = name(client, user, password)
      if (client.id !== client.device) {
        throw refusal(NOT_AUTHORIZED, 'its client ID is another')
      }
      console.log(`accepted ${client.id}`)
      done(null, true)
    } catch (e) {
      console.log(`refused ${client.id}: ${e.message}`)
      done(e, null)
    }
  },
  authorizePublish (client, packet, done) {
    if (given.quiet !== undefined && !isOwn(client, packet)) {
      packet.topic = 'dropped'
      return done(null)
    }
    client.isMute ||= given.mute !== undefined && !isOwn(client, packet)
    done(client.isMute || isOwn(client, packet) ? null : new Error('not its topic'))
  },
  authorizeForward (client, packet) {
    return client.isMute ? null : packet
  },
  authorizeSubscribe (client, subscription, done) {
    const isRefused = !isOwn(client, subscription)
    done(isRefused && given.quiet !== undefined ? new Error('not its topic') : null, isRefused ? null : subscription)
  }
})

const options = { cert: readFileSync(given.cert), key: readFileSync(given.key) }
if (given.ca !== undefined) {
  Object.assign(options, {
    ca: readFileSync(given.ca),
    crl: readFileSync(given.crl, 'utf8').match(/-----BEGIN[^]*?-----END X509 CRL-----/g), // it reads one of a PEM
    requestCert: true,
    rejectUnauthorized: true
  })
}
let connections = 0
const PATIENCE = 6

function handle (socket) {
  if (given.patience !== undefined && ++connections > PATIENCE) {
    socket.destroy()
  } else {
    aedes.handle(socket)
  }
}

createServer(options, handle).listen(given.port, '127.0.0.1', () => console.log('the test broker is running'))
process.stdin.resume().on('end', () => process.exit(0))
