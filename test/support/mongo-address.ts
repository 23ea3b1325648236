import { connect as connectPlainly, type Socket } from "node:net";
import { connect as connectByTls } from "node:tls";
import { MongoClient } from "mongodb";

/** An address of MongoDB in its parts, as they are written in it. */
interface AddressParts {
  readonly scheme: string;
  /** `name:password`, or empty. */
  readonly user: string;
  readonly hosts: string;
  /** Empty when none is named. */
  readonly database: string;
  readonly options: URLSearchParams;
}

/** Options that speak of the way to the server, which another one takes its place of. */
const wayOptions = /^(directConnection|loadBalanced|replicaSet|srv.*|ssl|tls.*)$/i;

/**
 * The address of another database on the same server. A user is still looked up where the address of the server had it
 * looked up; without a word about that, the driver would look in the new database.
 */
export function addressOfDatabase(address: string, database: string): string {
  const parts = readAddress(address);
  const { options, user } = parts;
  const hasSource = [...options.keys()].some((name) => name.toLowerCase() === "authsource");
  if (user !== "" && !hasSource) options.set("authSource", parts.database === "" ? "admin" : parts.database);
  return writeAddress({ ...parts, database });
}

/** The same database and user behind a port of this machine, which speaks without TLS. */
export function addressThroughPort(address: string, port: number): string {
  const parts = readAddress(address);
  const options = new URLSearchParams([...parts.options].filter(([name]) => !wayOptions.test(name)));
  options.set("directConnection", "true");
  return writeAddress({ ...parts, scheme: "mongodb", hosts: `127.0.0.1:${port}`, options });
}

/** The same address with this option, whatever it said about it. */
export function addressWithOption(address: string, name: string, value: string): string {
  const parts = readAddress(address);
  parts.options.set(name, value);
  return writeAddress(parts);
}

/** Opens a connection to the first host that an address names, by TLS when the address asks for it. */
export function connectToHost(address: string): Socket {
  const { hosts, tls, ...options } = new MongoClient(address).options;
  const [first] = hosts;
  if (first?.host === undefined) throw new Error(`Expected an address that names a host, got ${address}.`);
  const place = { host: first.host, port: first.port ?? 27_017 };
  return tls ? connectByTls({ ...options, servername: first.host, ...place }) : connectPlainly(place);
}

function readAddress(address: string): AddressParts {
  const match = /^(mongodb(?:\+srv)?):\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(address);
  if (match === null) throw new Error(`Expected mongodb://…, got ${address}.`);
  const [, scheme = "", user = "", hosts = "", database = "", options = ""] = match;
  return { scheme, user, hosts, database, options: new URLSearchParams(options) };
}

function writeAddress({ database, hosts, options, scheme, user }: AddressParts): string {
  const text = options.toString();
  return `${scheme}://${user === "" ? "" : `${user}@`}${hosts}/${database}${text === "" ? "" : `?${text}`}`;
}
